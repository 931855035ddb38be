// The newest answer stays in view; the page remembers where it is.
watch('value', () => {
  const turns = element.querySelector('.turns');
  if (!turns) return;
  const last = element.querySelector('.turn:last-child');
  const newest = last?.dataset.turn ?? '';
  const isNew = newest !== element.dataset.newest;
  window.wenju.shown(turns.dataset, isNew && last?.querySelector('.question').textContent);
  document.documentElement.lang = turns.dataset.language;
  const box = element.closest('#conversation');
  if (box && isNew) box.scrollTop = box.scrollHeight;
  if (element.dataset.newest === undefined) window.wenju.restore();
  element.dataset.newest = newest;
  if (!document.activeElement || document.activeElement === document.body) {
    document.querySelector('#question textarea')?.focus({ preventScroll: true });
  }
});
