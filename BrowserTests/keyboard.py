"""How somebody without a mouse gets about."""


def tab_to(page, target, most=60):
    """Goes on by the Tab key until something has the focus."""
    for _ in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there")
