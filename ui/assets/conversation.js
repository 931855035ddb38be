// The page remembers where it is; the newest answer comes into view of those who follow.
watch('value', () => {
  const turns = element.querySelector('.turns');
  if (!turns) return;
  const last = element.querySelector('.turn:last-child');
  const newest = last?.dataset.turn ?? '';
  const isNew = newest !== element.dataset.newest;
  window.wenju.shown(turns.dataset, isNew && last?.querySelector('.question').textContent);
  document.documentElement.lang = turns.dataset.language;
  const isElsewhere = turns.dataset.move !== element.dataset.move;
  if (isNew) window.wenju.follow(isElsewhere);
  if (element.dataset.newest === undefined) {
    window.wenju.restore();
    setTimeout(() => { document.documentElement.dataset.opened = ''; }, 1000); // once it is open
  }
  element.dataset.newest = newest;
  element.dataset.move = turns.dataset.move;
  if (!document.activeElement || document.activeElement === document.body) {
    document.querySelector('#question textarea')?.focus({ preventScroll: true });
  }
});
window.addEventListener('popstate', () => {
  const { named, conversation, go } = window.wenju;
  if (named() === conversation()) return;
  go(named());
  trigger('open_conversation', {});
});
