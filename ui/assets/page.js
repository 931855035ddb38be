// What the page itself knows and the server is told with each event: it outlives the server.
window.wenju = (() => {
  const kept = (name) => sessionStorage.getItem(`wenju-${name}`);
  const keep = (name, value) => sessionStorage.setItem(`wenju-${name}`, value);
  let conversation = kept('conversation');
  const left = kept('asked'); // what was not answered yet when the page was left
  let move = 0; // counts how often another conversation came before the eyes
  const place = (extra) => JSON.stringify({ conversation, move, ...extra });
  const boxOf = (name) => document.querySelector(`#${name} textarea`);
  const write = (box, text) => {
    box.value = text;
    box.dispatchEvent(new Event('input', { bubbles: true }));
  };
  document.addEventListener('input', (event) => {
    const box = event.target.closest?.('#question, #text');
    if (box) keep(`typed-${box.id}`, event.target.value);
  });
  return {
    // The last three inputs of every event: language, index and place, as the page shows them.
    seen: (inputs, extra = {}) => {
      const [language, index] = inputs.slice(-3);
      return [
        ...inputs.slice(0, -3),
        language ?? localStorage.getItem('wenju-language') ?? navigator.language,
        index ?? kept('index'),
        place(extra),
      ];
    },
    // The page goes to another conversation, "" for a new one.
    go: (to) => {
      conversation = to;
      move += 1;
      keep('asked', '');
    },
    conversation: () => conversation,
    // A question leaves its box at once, and is kept until it is answered.
    ask: (inputs) => {
      const [text] = inputs;
      if (text?.trim()) {
        keep('asked', text.trim());
        const box = boxOf('question');
        if (box?.value === text) write(box, '');
      }
      return window.wenju.seen(inputs);
    },
    // A conversation is shown, with an `answered` question at its end that was not there before.
    shown: (data, answered) => {
      if (Number(data.move) !== move) return;
      conversation = data.conversation;
      keep('conversation', conversation);
      keep('index', data.index);
      if (answered && answered === kept('asked')) keep('asked', '');
    },
    // What was typed before the page was loaded again goes on where it was.
    restore: () => {
      const asked = kept('asked') === left ? left : ''; // another one is on its way
      const typed = { question: kept('typed-question') || asked, text: kept('typed-text') };
      for (const [name, text] of Object.entries(typed)) {
        const box = boxOf(name);
        if (box && text && !box.value) write(box, text);
      }
    },
  };
})();
