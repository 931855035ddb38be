// The newest answer stays in view, and the tab remembers its conversation.
watch('value', () => {
  const turns = element.querySelector('.turns');
  if (turns) sessionStorage.setItem('wenju-conversation', turns.dataset.conversation);
  const box = element.closest('#conversation');
  const newest = element.querySelector('.turn:last-child')?.dataset.turn ?? '';
  if (box && newest !== element.dataset.newest) box.scrollTop = box.scrollHeight;
  element.dataset.newest = newest;
});
