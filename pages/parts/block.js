// Shows the markup that the server made, and serves its buttons: data-copy="words" copies them, data-sort="column" sorts.
export default function ({ parentElement, data }) {
  const block = parentElement.querySelector(".block");
  block.onclick = (event) => {
    const button = event.target.closest("[data-copy], [data-sort]");
    if (button?.dataset.copy) copy(button);
    else if (button) sort(button);
  };
  if (block.shown === data.markup) return;
  block.shown = data.markup;
  block.innerHTML = data.markup;
}

async function copy(button) {
  const words = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    const field = Object.assign(document.createElement("textarea"), { value: words });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  const [label, name] = [button.textContent, button.ariaLabel];
  button.textContent = button.dataset.done;
  if (name) button.ariaLabel = button.dataset.done;
  setTimeout(() => {
    button.textContent = label;
    if (name) button.ariaLabel = name;
  }, 2000);
}

// The cells of a table by one column, up, then down, then as they were; totals stay. Without a value: last.
function sort(button) {
  const head = button.closest("th");
  const body = button.closest("table").querySelector("tbody.cell");
  if (!body) return;
  body.unsorted ??= [...body.rows];
  const order = { none: "ascending", ascending: "descending", descending: "none" }[head.ariaSort || "none"];
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  if (order !== "none") head.ariaSort = order;
  const place = Number(button.dataset.sort);
  const sign = order === "descending" ? -1 : 1;
  const rows = order === "none" ? body.unsorted : [...body.unsorted].sort((a, b) => compare(a.cells[place], b.cells[place], sign));
  body.append(...rows);
}

function compare(a, b, sign) {
  const [x, y] = [a.dataset.value, b.dataset.value];
  if (x !== undefined && y !== undefined) return sign * (Number(x) - Number(y));
  if (x !== undefined || y !== undefined) return x === undefined ? 1 : -1;
  return sign * a.textContent.localeCompare(b.textContent, document.documentElement.lang);
}
