"""What tests ask of a page: what axe finds wrong with it, and the file it links to."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import APIResponse, Page

AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
# Listing what is right as well takes axe as long as looking.
RUN = """async ([where, options]) =>
  (await axe.run(where ?? document, {...options, resultTypes: ["violations"]})).violations
    .map(rule => [rule.id, rule.nodes[0].html.slice(0, 160)])
"""


def violations(page: Page, where: str | None = None, tags: list[str] | None = None, **options) -> list[list[str]]:
    """Return [rule, first element] of each rule broken, all of the page or ``where``; ``tags`` say which rules."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(RUN, [where, options | ({"runOnly": tags} if tags else {})])


def fetched(page: Page, site: str, address: str) -> APIResponse:
    """Fetch a file, however long making it takes: until then its address answers 202."""
    answer = page.request.get(f"{site}{address}" if address.startswith("/") else address)
    while answer.status == 202:
        page.wait_for_timeout(200)
        answer = page.request.get(answer.url)
    return answer
