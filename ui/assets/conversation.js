// The newest answer stays in view; the tab remembers where it is.
watch('value', () => {
  const turns = element.querySelector('.turns');
  if (!turns) return;
  sessionStorage.setItem('wenju-conversation', turns.dataset.conversation);
  sessionStorage.setItem('wenju-index', turns.dataset.index);
  document.documentElement.lang = turns.dataset.language;
  const box = element.closest('#conversation');
  const newest = element.querySelector('.turn:last-child')?.dataset.turn ?? '';
  if (box && newest !== element.dataset.newest) box.scrollTop = box.scrollHeight;
  element.dataset.newest = newest;
  if (!document.activeElement || document.activeElement === document.body) {
    document.querySelector('#question textarea')?.focus({ preventScroll: true });
  }
});
