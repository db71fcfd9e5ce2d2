// Pages a reader opened, there again without a network. The network is always asked first, and only where it gives no
// answer at all is an earlier page shown: online, nothing old is ever seen. Served at /offline.js, for the whole site.

const PAGES = "pages-1";
const FILES = "files-1";
const MOST_PAGES = 60;
const MOST_FILES = 120;
const PRIVATE = /^\/(admin|verify|follow|feedback|suggest|preview|metrics|media\/private)/;

async function keep(name, most, request, response) {
  const cache = await caches.open(name);
  await cache.delete(request); // put anew, so that the oldest stand first
  await cache.put(request, response);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)));
}

async function answer(request, name, most) {
  try {
    const response = await fetch(request);
    const isKept = response.ok && response.type === "basic" && !response.redirected;
    if (isKept && !/no-store/.test(response.headers.get("Cache-Control") ?? "")) {
      await keep(name, most, request, response.clone()).catch(() => {});
    }
    return response;
  } catch (error) {
    const kept = await caches.match(request, { ignoreVary: true });
    if (kept) return kept;
    if (request.mode !== "navigate") throw error;
    return offline();
  }
}

async function offline() {
  const kept = await (await caches.open(PAGES)).keys();
  const paths = kept.map(({ url }) => new URL(url)).filter(({ pathname }) => pathname.includes("/cases/"));
  const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const items = paths.reverse().map(({ pathname, search }) => {
    const path = escape(pathname + search);
    return `<li><a href="${path}">${escape(decodeURI(pathname + search))}</a></li>`;
  });
  const list = items.length ? `<p>打开过的案例还能看：</p><ul>${items.join("")}</ul>` : "";
  const width = '<meta name="viewport" content="width=device-width">';
  const head = `<!doctype html><html lang="zh-Hans"><meta charset="utf-8">${width}`;
  const html = `${head}<title>连不上网</title><h1>连不上网</h1><p>这一页没有打开过，等连上网再看。</p>${list}`;
  return new Response(html, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  const old = async () => {
    const names = (await caches.keys()).filter((name) => ![PAGES, FILES].includes(name));
    await Promise.all(names.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(old());
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || PRIVATE.test(pathname)) return;
  const isPage = request.mode === "navigate" && pathname.endsWith("/");
  if (isPage) event.respondWith(answer(request, PAGES, MOST_PAGES));
  else if (pathname.startsWith("/static/")) event.respondWith(answer(request, FILES, MOST_FILES));
});
