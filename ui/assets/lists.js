// What a person has opened stays open when its list is shown anew, and a row that was deleted
// keeps its room, so that nothing else comes under the pointer.
const opened = new Set();
const nameOf = (details) => {
  const turn = details.closest('[data-turn]')?.dataset.turn ?? '';
  return `${turn} ${details.className}`;
};
let gone = null;
element.addEventListener('toggle', ({ target }) => {
  if (target.open) opened.add(nameOf(target));
  else opened.delete(nameOf(target));
}, true);
element.addEventListener('deleting', ({ target }) => {
  const row = target.closest('li');
  const { removed, document: file, conversation } = target.dataset;
  const text = `${row.querySelector('.open').textContent} — ${removed}`;
  const at = [...row.parentElement.children].indexOf(row);
  gone = { file, conversation, text, at, height: row.offsetHeight };
});
const isListed = (row) => [...element.querySelectorAll('.delete')].some(
  ({ dataset }) => dataset.document === row.file && dataset.conversation === row.conversation,
);
watch('value', () => {
  for (const details of element.querySelectorAll('details')) {
    if (opened.has(nameOf(details))) details.open = true;
  }
  const list = element.querySelector('.documents, .conversations');
  const former = gone;
  gone = null;
  if (!former || !list || isListed(former)) return;
  const row = document.createElement('li');
  row.className = 'gone';
  row.textContent = former.text;
  row.style.height = `${former.height}px`;
  list.insertBefore(row, list.children[former.at] ?? null);
});
