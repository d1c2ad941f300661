"""The few pages that strangers see, as plain HTML: they work without scripts, and nothing on them is not escaped."""

from __future__ import annotations

from html import escape

AWAY = "数据库现在用不了。掌柜在等它，它一好就接着干，不会丢东西。"

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · 掌柜</title><style>
:root {{ color-scheme: light dark; --back: #f5f6f8; --card: #fff; --text: #1d2129; --line: #c4cad4; --muted: #5b6472; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --back: #16181d; --card: #1d2026; --text: #e6e8eb; --line: #454b55; --muted: #a9b1bd; }} }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--back); color: var(--text);
  font: 16px/1.6 -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }}
main {{ background: var(--card); border-radius: 14px; padding: 32px; width: min(340px, calc(100vw - 80px)); }}
h1 {{ font-size: 26px; margin: 0 0 4px; }} p {{ margin: 0 0 16px; color: var(--muted); }}
label {{ display: block; font-size: 14px; margin-top: 14px; }}
input {{ box-sizing: border-box; width: 100%; font: inherit; padding: 9px 12px; margin-top: 4px; color: inherit;
  background: transparent; border: 1px solid var(--line); border-radius: 8px; }}
input:focus-visible, button:focus-visible {{ outline: 3px solid #54b48d; outline-offset: 1px; }}
button {{ width: 100%; margin-top: 22px; padding: 11px; font: inherit; font-weight: 600; color: #fff;
  background: #0a6b45; border: 0; border-radius: 8px; cursor: pointer; }}
.fault {{ color: #b3261e; margin: 14px 0 0; }} @media (prefers-color-scheme: dark) {{ .fault {{ color: #ff9b93; }} }}
</style></head><body><main><h1>掌柜</h1>{body}</main></body></html>"""


def sign_in_form(wish: str, name: str = "", fault: str = "") -> str:
    """Name and password; `wish` is where to go then."""
    return _page(
        "登录",
        f"""<p>登录后台</p><form method="post" action="/sign-in">
<input type="hidden" name="next" value="{escape(wish)}">
<label>用户名<input name="name" value="{escape(name)}" autocomplete="username" required {_first(not name)}></label>
<label>密码<input name="password" type="password" autocomplete="current-password" required {_first(name)}></label>
{_fault(fault)}<button>登录</button></form>""",
    )


def join_form(action: str, token: str, name: str, fault: str = "", *, may_rename: bool = False) -> str:
    """A password for whoever followed a one-time link, and for the first of all a name."""
    told = "第一次用，先设一个老板账号。" if may_rename else "设好密码就能进后台了。"
    fixed = "" if may_rename else "readonly"
    return _page(
        "设密码",
        f"""<p>{told}</p><form method="post" action="{action}">
<input type="hidden" name="token" value="{escape(token)}">
<label>用户名<input name="name" value="{escape(name)}" autocomplete="username" required {fixed}></label>
<label>密码（至少 8 位）<input name="password" type="password" autocomplete="new-password" minlength="8" required
autofocus></label>{_fault(fault)}<button>进后台</button></form>""",
    )


def message_page(text: str) -> str:
    """One sentence, and the way to the entrance."""
    return _page("掌柜", f'<p>{escape(text)}</p><a href="/sign-in">去登录</a>')


def nowhere_page() -> str:
    """An address that leads to no page, and the way to one that does."""
    return _page("没有这一页", '<p>没有这一页，网址可能抄漏了。</p><a href="/">回到后台</a>')


def away_page() -> str:
    """What there is to see while the database cannot be read."""
    return _page("掌柜", f"<p>{AWAY}这一页过几秒会自己再打开。</p>")


def _page(title: str, body: str) -> str:
    return _PAGE.format(title=title, body=body)


def _fault(text: str) -> str:
    return f'<p class="fault" role="alert">{escape(text)}</p>' if text else ""


def _first(wanted: object) -> str:
    return "autofocus" if wanted else ""
