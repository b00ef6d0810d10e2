"""Numbers, dates, plurals and order in the browser, also in the languages its Intl does not know."""

import pytest

expected = {
    "en": {"number": "1,234,567.5", "percent": "77.8%", "date": "3 Mar 2026", "time": "14:05", "list": "a, b"},
    "ur": {"number": "12,34,567.5", "percent": "77.8%", "date": "3 مار، 2026", "time": "14:05", "list": "a، b"},
    "ka": {"number": "1\u00a0234\u00a0567,5", "percent": "77,8%", "date": "3 მარ. 2026", "time": "14:05", "list": "a, b"},
    "hi": {"number": "12,34,567.5", "percent": "77.8%", "date": "3 मार्च 2026", "time": "14:05", "list": "a, b"},
    "tr": {"number": "1.234.567,5", "percent": "%77,8", "date": "3 Mar 2026", "time": "14:05", "list": "a, b"},
    "cy": {"number": "1,234,567.5", "percent": "77.8%", "date": "3 Maw 2026", "time": "14:05", "list": "a, b"},
}


@pytest.mark.parametrize("language", expected)
def test_numbers_and_dates_are_written_as_the_language_writes_them(code, language):
    page = code(language)
    written = page.evaluate(
        """async () => {
            const format = await import("/base/format.js");
            const at = new Date(2026, 2, 3, 14, 5).getTime();
            return {
                number: format.number(1234567.5, { decimals: 1 }), percent: format.percent(77.8), date: format.date(at),
                time: format.time(at), list: format.list(["a", "b"]),
            };
        }"""
    )
    assert written == expected[language]


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("cy", ["Carys", "Cynan", "Chwilog", "Dafydd", "Ddewi", "Lowri", "Llinos"]),
        ("ka", ["ანა", "გიორგი", "ზაზა", "თამარი", "ნინო", "ჯაბა"]),
        ("tr", ["Can", "Çağla", "Ilgın", "İnci", "Oya", "Ömer"]),
    ],
)
def test_names_stand_in_the_order_of_the_language(code, language, names):
    page = code(language)
    ordered = page.evaluate("async (names) => names.sort((await import('/base/format.js')).compare)", sorted(names, reverse=True))
    assert ordered == names


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+995322550017", "+995 322 550 017"),
        ("+442079460100", "+44 207 946 0100"),
        ("+12025550143", "+1 202 555 0143"),
        ("101", "101"),
    ],
)
def test_numbers_are_grouped_as_they_are_read_aloud(code, number, written):
    page = code()
    assert page.evaluate("async (number) => (await import('/base/format.js')).phone(number)", number) == written


def test_durations_are_cut_off_and_what_is_left_is_rounded_up(code):
    page = code()
    written = page.evaluate(
        """async () => {
            const { duration } = await import("/base/format.js");
            const left = [duration(1, { left: true }), duration(-5, { left: true })];
            return [duration(0), duration(59_999), duration(3_600_000), ...left, duration(null)];
        }"""
    )
    assert written == ["0:00", "0:59", "1:00:00", "0:01", "0:00", "–"]


@pytest.mark.parametrize(
    ("count", "noun"), [("0", "cyswllt"), ("2", "gyswllt"), ("3", "chyswllt"), ("6", "chyswllt"), ("1,500", "cyswllt")]
)
def test_welsh_plurals_have_all_their_forms(code, count, noun):
    page = code("cy")
    number, written = int(count.replace(",", "")), f"Dangosir {count} {noun}"
    assert page.evaluate("async (count) => (await import('/base/text.js')).t('contacts.shown', { count })", number) == written


def test_markup_from_values_is_only_text(code):
    page = code()
    written = page.evaluate(
        """async () => {
            const { html, render } = await import("/base/html.js");
            const target = document.createElement("div");
            render(target, html`<p title="${'"><img src=x>'}">${"<b>&"}${html`<i>${"'"}</i>`}${[html`<u></u>`]}${null}${false}${0}</p>`);
            return target.innerHTML;
        }"""
    )
    assert written == '<p title="&quot;&gt;&lt;img src=x&gt;">&lt;b&gt;&amp;<i>\'</i><u></u>0</p>'
