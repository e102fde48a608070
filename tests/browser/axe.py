"""axe-core over a page: what stands in the way of people with other eyes, hands and tools."""

from pathlib import Path

from playwright.sync_api import Page

(SOURCE,) = Path(__file__).parent.joinpath("vendor").glob("axe-*.min.js")
GRAVE = ("serious", "critical")
ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# What another theme can break: it has the same elements at the same places.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RUN = """
async (runOnly) => {
  const found = await axe.run(document, { runOnly, resultTypes: ["violations"] });
  return found.violations.map(({ id, impact, help, nodes }) => ({
    id, impact, help,
    nodes: nodes.slice(0, 4).map(
      (node) => `${node.target} ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 240)}`,
    ),
  }));
}
"""


def load_axe(page: Page) -> None:
    page.evaluate(SOURCE.read_text())


def violations(page: Page, rules: dict = ALL) -> list[str]:
    """What axe, which the page has loaded, finds serious or critical, with the first elements that it means."""
    found = page.evaluate(RUN, rules)
    return [
        f"{one['id']} ({one['impact']}): {one['help']}\n    " + "\n    ".join(one["nodes"])
        for one in found
        if one["impact"] in GRAVE
    ]
