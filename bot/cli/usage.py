"""What the reader of command lines did not understand, in the words of a shop: its own are English."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_NO_COMMAND = r"No such command '(?P<what>[^']*)'\.?(?: Did you mean (?P<near>.*)\?)?"
_NO_OPTION = r"No such option: (?P<what>\S+)(?: (?:Did you mean |\(Possible options: )(?P<near>.*?)[?)])?"
_INVALID = r"Invalid value for (?P<where>.*?): (?P<why>.*)"

_SAID: Mapping[re.Pattern[str], Callable[[re.Match[str]], str]] = {
    re.compile(_NO_COMMAND): lambda of: f"没有「{of['what']}」这个命令。{_meant(of['near'])}",
    re.compile(_NO_OPTION): lambda of: f"没有「{of['what']}」这个选项。{_meant(of['near'])}",
    re.compile(r"Missing (?:argument|parameter) '(?P<what>[^']*)'\.?"): lambda of: f"少了 {{{of['what']}}}。",
    re.compile(r"Missing option '(?P<what>[^']*)'\.?"): lambda of: f"少了选项 {of['what']}。",
    re.compile(r"Option '(?P<what>[^']*)' requires an argument\.?"): lambda of: f"{of['what']} 后面要跟一个值。",
    re.compile(r"Option '(?P<what>[^']*)' does not take a value\.?"): lambda of: f"{of['what']} 后面不用写值。",
    re.compile(r"Missing command\."): lambda _of: "后面要写一个命令。",
    re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((?P<what>.*)\)"): lambda of: f"多写了 {of['what']}。",
    re.compile(_INVALID): lambda of: f"{_bare(of['where'])} 不对：{_why(of['why'])}",
}
_REASONS: Mapping[re.Pattern[str], str] = {
    re.compile(r"(?:file|path|directory) '(?P<what>.*)' does not exist\.?", re.IGNORECASE): "没有文件 {what}。",
    re.compile(r"file '(?P<what>.*)' is a directory\.?", re.IGNORECASE): "'{what}' 是文件夹，不是文件。",
    re.compile(r".*valid integer.*|'?(?P<what>.*?)'? is not a valid integer\.?"): "要写一个整数。",
    re.compile(r".*valid number.*|'?(?P<what>.*?)'? is not a valid float\.?"): "要写一个数。",
    re.compile(r".*less than or equal to (?P<what>\S+)"): "最多 {what}。",
    re.compile(r".*greater than or equal to (?P<what>\S+)"): "至少 {what}。",
}


def in_our_words(message: str) -> str:
    """A message as we would say it; as it is, where we know nothing better."""
    message = " ".join(message.split())
    for pattern, said in _SAID.items():
        if found := pattern.fullmatch(message):
            return said(found)
    return f"{message} "


def _meant(near: str | None) -> str:
    return f"是不是 {_bare(near).replace(', ', ' 或 ')}？" if near else ""


def _bare(quoted: str) -> str:
    return quoted.replace("'", "")


def _why(reason: str) -> str:
    for pattern, said in _REASONS.items():
        if found := pattern.fullmatch(reason):
            return said.format(**found.groupdict())
    return f"{reason} "
