"""Checks of settings: none asks the database or any other service."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from portal.doctor.findings import Finding, error, good, note

LOCAL = {"127.0.0.1", "localhost", "[::1]", "testserver"}
SHORTEST_KEY = 50
SAID_ALREADY = {"security.W009", "security.W018", "security.W020"}  # key, DEBUG, hosts: in Chinese, by the checks above


def debug() -> Iterator[Finding]:
    if not settings.DEBUG:
        yield good("调试模式", "关着。")
    elif set(settings.ALLOWED_HOSTS) <= LOCAL:
        yield note("调试模式", "开着，只适合自己的电脑。服务器上没读到设置时也会这样：请检查 .env，设 DJANGO_DEBUG=0。")
    else:
        yield error("调试模式", "开着，而网站有对外的域名：出错页会泄露内部信息。请设 DJANGO_DEBUG=0。")


def secret_key() -> Iterator[Finding]:
    if len(settings.SECRET_KEY) >= SHORTEST_KEY and len(set(settings.SECRET_KEY)) > 10:
        yield good("密钥", "够长。")
    elif settings.DEBUG:
        yield note("密钥", "是试用的；服务器上要另设 DJANGO_SECRET_KEY。")
    else:
        yield error(
            "密钥",
            f"DJANGO_SECRET_KEY 太短，登录可能被伪造。请换成至少 {SHORTEST_KEY} 个字符的随机文字（做法见 .env.example）。",
        )


def https() -> Iterator[Finding]:
    if settings.DEBUG:
        return
    if not settings.HTTPS:
        yield note(
            "加密", "DJANGO_HTTPS 关着：登录密码明文传送，cookie 也不限于加密连接。对外的网站请设 DJANGO_HTTPS=1。"
        )
    elif settings.SECURE_PROXY_SSL_HEADER is None:
        yield note("加密", "开着，但 DJANGO_BEHIND_PROXY 没有设：前面有 nginx 时会一直转来转去，请设为 1。")
    else:
        yield good("加密", "开着，由前面的服务器负责。")


def addresses() -> Iterator[Finding]:
    site = urlsplit(settings.SITE_URL)
    if settings.DEBUG:
        return
    if "*" in settings.ALLOWED_HOSTS:
        yield error("域名", "DJANGO_ALLOWED_HOSTS 里有 *，别人可以冒用域名。请写网站自己的域名。")
    elif site.hostname not in settings.ALLOWED_HOSTS:
        yield error(
            "域名", f"PORTAL_SITE_URL 的 {site.hostname} 不在 DJANGO_ALLOWED_HOSTS 里：邮件里的链接打不开。请改成一致。"
        )
    elif site.hostname in LOCAL:
        yield note("域名", "PORTAL_SITE_URL 还是本机：邮件里的链接只在这台机器上有用。")
    else:
        yield good("域名", site.hostname)


def second_factor() -> Iterator[Finding]:
    if settings.SECOND_FACTOR:
        yield good("两步验证", "人人都要。")
    elif not settings.DEBUG:
        yield note("两步验证", "不是人人都要：密码被猜到或偷走，账号就丢了。请设 PORTAL_SECOND_FACTOR=1。")


def mail_sender() -> Iterator[Finding]:
    if settings.EMAIL_HOST and settings.DEFAULT_FROM_EMAIL.endswith(".invalid"):
        yield error("发件人", "DEFAULT_FROM_EMAIL 没有设，信会被拒收。请写网站自己的邮箱地址。")


def framework() -> Iterator[Finding]:
    """Django's own checks, those for servers among them where this is one."""
    found = checks.run_checks(include_deployment_checks=not settings.DEBUG)
    found = [each for each in found if each.id not in SAID_ALREADY and not each.is_silenced()]
    for each in found:
        make = error if each.level >= checks.ERROR else note
        yield make("Django 的检查", f"{each.id}：{each.msg}")
    if not found:
        yield good("Django 的检查", "没有问题。")


CHECKS = (debug, secret_key, https, addresses, second_factor, mail_sender, framework)
