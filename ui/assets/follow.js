// The end of a conversation stays in view for a reader who is there; who has scrolled up stays put.
window.wenju.follow = (() => {
  const near = 40; // pixels from the end that still count as there
  let isThere = true;
  let last = 0;
  document.addEventListener('scroll', ({ target: box }) => {
    if (box.id !== 'conversation') return;
    // Only a move upwards leaves the end: growing text and a smooth scroll lie behind it as well.
    if (box.scrollHeight - box.scrollTop - box.clientHeight < near) isThere = true;
    else if (box.scrollTop < last) isThere = false;
    last = box.scrollTop;
  }, true);
  return (isWanted = false) => {
    isThere ||= isWanted;
    const box = document.querySelector('#conversation');
    if (box && isThere) box.scrollTop = box.scrollHeight;
  };
})();
