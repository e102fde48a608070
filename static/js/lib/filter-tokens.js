// The filter language cut into pieces for the eye. What is right is the server's to say.

const PIECES =
  /(?<value>'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?(?!\s*(?:[=<>!]|like\b|ilike\b|in\b|is\b))|[+-]?\d[\w.:+-]*)|(?<word>\b(?:and|or|not|in|is|null|like|ilike|between|has)\b|[()=<>!,]+)|(?<key>(?:[A-Za-z_][\w-]*\.)?(?:`[^`]*`?|"[^"]*"?|[A-Za-z_][\w./:-]*))/giy;

// [{text, kind}], kind "key", "word", "value" or "". Their texts joined are the input.
export function filterTokens(text) {
  const tokens = [];
  let at = 0;
  while (at < text.length) {
    PIECES.lastIndex = at;
    const match = PIECES.exec(text);
    const piece = match?.[0] || text[at];
    const kind = match?.[0] ? Object.keys(match.groups).find((name) => match.groups[name] !== undefined) : "";
    tokens.push({ text: piece, kind, start: at });
    at += piece.length;
  }
  return tokens;
}
