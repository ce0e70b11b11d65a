// Shows the markup that the server made, and serves its buttons: data-copy="words" copies them.
export default function ({ parentElement, data }) {
  const block = parentElement.querySelector(".block");
  block.onclick = (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
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
  const label = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = label), 2000);
}
