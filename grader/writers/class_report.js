// The table of students: sorted by the buttons in its header, searched by the field above it.
"use strict";

const table = document.querySelector("#students table");
const body = table.tBodies[0];
const rows = [...body.rows];
const headers = [...table.tHead.rows[0].cells];
const search = document.querySelector("#search");
const status = document.querySelector("#found");
// Numbers by their value; "?", which is not marked, comes before them all.
const collator = new Intl.Collator(undefined, { numeric: true });

function sort(column) {
  const header = headers[column];
  const down = header.getAttribute("aria-sort") === "ascending";
  for (const other of headers) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", down ? "descending" : "ascending");
  const keyed = [...body.rows].map((row) => [row.cells[column].textContent, row]);
  keyed.sort(([a], [b]) => (down ? -1 : 1) * collator.compare(a, b));
  body.append(...keyed.map(([, row]) => row));
}

// Without accents and in one case, so that "jose" finds "José".
function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

const texts = new Map(
  rows.map((row) => {
    const cells = [...row.cells].map((cell) => cell.textContent);
    return [row, plain([...cells, row.dataset.find].join(" "))]; // and what has no column
  })
);

function find() {
  const words = plain(search.value).split(/\s+/).filter(Boolean);
  let found = 0;
  for (const [row, text] of texts) {
    row.hidden = !words.every((word) => text.includes(word));
    found += row.hidden ? 0 : 1;
  }
  status.textContent = `${found} of ${rows.length} rows`;
}

headers.forEach((header, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...header.childNodes);
  button.addEventListener("click", () => sort(column));
  header.append(button);
});
search.addEventListener("input", find);
search.closest(".controls").hidden = false;
find();
