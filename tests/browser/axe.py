"""axe-core over a page: what stands in the way of people with other eyes, hands and tools."""

from pathlib import Path

from playwright.sync_api import Page

(SOURCE,) = Path(__file__).parent.joinpath("vendor").glob("axe-*.min.js")
GRAVE = ("serious", "critical")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RUN = """
async (rules) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] });
  return found.violations.map(({ id, impact, help, nodes }) => ({
    id, impact, help,
    nodes: nodes.slice(0, 4).map(
      (node) => `${node.target} ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 240)}`,
    ),
  }));
}
"""


def violations(page: Page) -> list[str]:
    """What axe finds serious or critical, with the first elements that it means."""
    page.evaluate(SOURCE.read_text())
    found = page.evaluate(RUN, list(RULES))
    return [
        f"{one['id']} ({one['impact']}): {one['help']}\n    " + "\n    ".join(one["nodes"])
        for one in found
        if one["impact"] in GRAVE
    ]
