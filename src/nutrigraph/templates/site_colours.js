// Colours for SPARQL: pieces of a text, each with the class of what it is. Enough to read by, no parser.

const PIECES = new RegExp(
  [
    "(?<comment>#[^\\n]*)",
    "(?<text>\"\"\"[\\s\\S]*?(?:\"\"\"|$)|'''[\\s\\S]*?(?:'''|$)|\"(?:\\\\.|[^\"\\\\\\n])*\"?|'(?:\\\\.|[^'\\\\\\n])*'?)",
    "(?<iri><[^<>\"{}|^`\\s]*>|[A-Za-z][\\w.-]*:[\\w.-]*|:[\\w.-]+)",
    "(?<variable>[?$]\\w+)",
    "(?<keyword>\\b(?:SELECT|ASK|CONSTRUCT|DESCRIBE|WHERE|FILTER|OPTIONAL|UNION|MINUS|GRAPH|BIND|AS|VALUES|UNDEF|DISTINCT|REDUCED|FROM|NAMED" +
      "|ORDER|BY|ASC|DESC|LIMIT|OFFSET|GROUP|HAVING|PREFIX|BASE|EXISTS|NOT|IN|IF|COUNT|SUM|MIN|MAX|AVG|SAMPLE|GROUP_CONCAT|SEPARATOR" +
      "|STR|LANG|DATATYPE|BOUND|COALESCE|CONCAT|CONTAINS|STRSTARTS|STRENDS|STRLEN|SUBSTR|REPLACE|REGEX|LCASE|UCASE|ABS|ROUND|IRI|URI" +
      "|isIRI|isLITERAL|isNUMERIC|true|false|a)\\b)",
  ].join("|"),
  "giu",
);

function coloured(text) {
  const pieces = document.createDocumentFragment();
  let end = 0;
  for (const found of text.matchAll(PIECES)) {
    pieces.append(text.slice(end, found.index));
    const piece = document.createElement("span");
    piece.className = Object.entries(found.groups).find(([, value]) => value !== undefined)[0];
    piece.textContent = found[0];
    pieces.append(piece);
    end = found.index + found[0].length;
  }
  // A last empty line is as high as any.
  pieces.append(text.slice(end), "\n");
  return pieces;
}
