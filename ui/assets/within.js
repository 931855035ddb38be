// Documents that are ticked are the only ones asked; a chip above the box says so.
const boxes = () => [...element.querySelectorAll('.within')];
const say = () => document.dispatchEvent(new Event('wenju-within'));
element.addEventListener('change', ({ target }) => {
  if (!target.matches('.within')) return;
  const { within } = window.wenju;
  if (target.checked) within.set(target.value, target.dataset.title);
  else within.delete(target.value);
  say();
});
watch('value', () => {
  const { within } = window.wenju;
  const index = element.querySelector('.documents')?.dataset.index;
  if (index !== element.dataset.index) within.clear();
  element.dataset.index = index;
  const listed = new Set(boxes().map((box) => box.value));
  for (const name of within.keys()) if (!listed.has(name)) within.delete(name);
  say();
});
document.addEventListener('wenju-within', () => {
  for (const box of boxes()) box.checked = window.wenju.within.has(box.value);
});
