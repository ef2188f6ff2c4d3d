"""A browser tab that is watched: what it asks for, and what it complains about."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Dialog
from playwright.sync_api import Page as Tab


class Watched:
    """A tab on one rendered page, with everything that it asked for or complained about."""

    def __init__(self, browser: Browser, path: Path, html: str, **context: Any) -> None:
        path.write_text(html, encoding="utf-8")
        self.address = path.as_uri()
        settings: dict[str, Any] = {"viewport": {"width": 1400, "height": 900}, **context}
        self.context = browser.new_context(**settings)
        self.tab: Tab = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.tab.on("console", lambda message: self.complaints.append(message.text))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("dialog", self._dialog)
        self.tab.add_init_script(
            "window.violations = []; document.addEventListener('securitypolicyviolation',"
            "(event) => window.violations.push(event.violatedDirective + event.blockedURI))"
        )

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, fragment: str = "") -> Tab:
        self.tab.goto(self.address + fragment)
        return self.tab

    def close(self) -> None:
        """Closes the tab; fails if it asked for anything, complained or broke its policy."""
        violations = self.tab.evaluate("window.violations")
        self.context.close()
        away = [
            url for url in self.requests if not url.startswith((self.address, "data:", "blob:"))
        ]
        assert (away, self.complaints, violations) == ([], [], [])


Watch = Callable[..., Watched]
