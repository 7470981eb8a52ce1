# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The report page by keyboard, and by an address that was sent."""

from __future__ import annotations

from reading import Open, Pages, about, press, ready, select, size, state, times


def test_time_goes_by_keyboard(pages: Pages, open_page: Open) -> None:
    path, truth = pages("job")
    page = ready(open_page(path))
    page.locator("#timeline").focus()
    peak = truth.head["peak"]["ms"]
    press(page, "ArrowRight")
    assert times(page) == (peak + 32, peak + 32)
    words = press(page, "Shift+ArrowRight", "Shift+ArrowRight")
    assert times(page) == (peak + 32, peak + 96)
    change = sum(truth.at(peak + 96)) - sum(truth.at(peak + 32))
    assert size(words.split(": ")[1]) == about(change)
    press(page, "Home")
    assert times(page) == (0, 0)
    press(page, "End")
    assert times(page) == (3200, 3200)
    press(page, "+", "+")
    assert page.locator("#time-all").is_visible()
    page.wait_for_function("location.hash.includes('range=')")
    press(page, "-", "-")
    assert page.locator("#time-all").is_hidden()
    press(page, "p")
    assert page.locator('#measures [aria-checked="true"]').inner_text() == "At peak"
    assert page.locator("#time-clear").is_hidden()


def test_measures_are_radio_buttons(pages: Pages, open_page: Open) -> None:
    path, _ = pages("job")
    page = ready(open_page(path))
    page.locator('#measures [aria-checked="true"]').focus()
    press(page, "ArrowRight")
    # The moment cannot be chosen before there is one.
    assert page.locator('#measures [aria-checked="true"]').inner_text() == "Live at end"
    assert page.locator('#measures [tabindex="0"]').count() == 1
    press(page, "ArrowLeft")
    assert page.locator('#measures [aria-checked="true"]').inner_text() == "At peak"


def test_a_view_can_be_sent_by_its_address(pages: Pages, open_page: Open) -> None:
    path, truth = pages("job")
    page = ready(open_page(path))
    assert page.evaluate("location.hash") == ""
    select(page, truth, 900, 1500)
    page.click("#callers-view")
    page.click("#hide-summary")
    page.get_by_role("checkbox", name="json").check()
    page.fill("#search", "merge")
    page.fill("#filter", "py")
    page.get_by_role("button", name="With callees").click()
    page.locator("#rows button").nth(1).click()
    page.locator("#flame").focus()
    press(page, "ArrowDown", "ArrowDown", "Enter")
    page.wait_for_timeout(300)
    expected, address = state(page), page.evaluate("location.hash")
    other = open_page(path)
    other.goto("about:blank")
    other.goto(path.as_uri() + address)
    assert state(ready(other)) == expected
    # Also where the address alone changes; and what it says wrongly is left alone.
    third = ready(open_page(path))
    first = state(third)
    third.evaluate("address => { location.hash = address; }", address)
    third.wait_for_timeout(300)
    assert state(third) == expected
    third.evaluate(
        "() => { location.hash = 'show=moment&frame=9.9x.3&place=99999&order=no&time=z'; }"
    )
    third.wait_for_timeout(300)
    assert state(third)["measure"] == "At peak"
    third.evaluate("() => { location.hash = ''; }")
    third.wait_for_timeout(300)
    assert state(third) == first
