// What the page itself knows and the server is told with each event: it outlives the server.
window.wenju = (() => {
  const kept = (name) => sessionStorage.getItem(`wenju-${name}`);
  const keep = (name, value) => sessionStorage.setItem(`wenju-${name}`, value);
  // The address names the conversation, so that a reload, a bookmark and Back lead there again.
  const named = () => /^#c=([\w-]{1,64})$/.exec(window.location.hash)?.[1] ?? '';
  let conversation = named() || kept('conversation');
  const isSame = conversation === kept('conversation'); // as before the page was loaded anew
  let addressed = 0; // the move that the address tells of
  const left = kept('asked'); // what was not answered yet when the page was left
  let move = 0; // counts how often another conversation came before the eyes
  let asked = 0; // counts the questions: the last may be stopped
  const within = new Map(); // the documents that alone are asked, by id, with their titles
  const place = (extra) => JSON.stringify({
    conversation, move, asked, within: [...within.keys()], ...extra,
  });
  const boxOf = (name) => document.querySelector(`#${name} textarea`);
  const write = (box, text) => {
    box.value = text;
    box.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const say = (name) => document.dispatchEvent(new Event(name));
  const leave = () => say('wenju-left');
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
      leave();
      window.wenju.pending?.left();
    },
    conversation: () => conversation,
    named,
    isSame,
    within,
    leave, // what the source panel shows belongs to something that is seen no longer
    // A question leaves its box at once, and is kept until it is answered; while another is being
    // answered it waits, and nothing is asked.
    ask: (inputs) => {
      const question = inputs[0]?.trim();
      if (!question) return window.wenju.seen(inputs);
      const { pending, begin, taken, seen } = window.wenju;
      const isFree = !pending.isAnswering();
      if (isFree) begin(question);
      if (isFree || pending.wait(question)) taken(question);
      return seen(isFree ? inputs : ['', ...inputs.slice(1)]);
    },
    // Whether a question that stands outside the box is asked at once; else it waits, if it can.
    mayAsk: (question) => {
      const { pending, begin } = window.wenju;
      if (pending.isAnswering()) {
        pending.wait(question);
        return false;
      }
      begin(question);
      return true;
    },
    begin: (question) => {
      asked += 1;
      keep('asked', question);
      leave();
      window.wenju.pending.begin(question);
      window.wenju.follow(true);
    },
    stop: (inputs) => {
      keep('asked', '');
      window.wenju.pending.failed();
      say('wenju-stopped');
      return window.wenju.seen(inputs);
    },
    // The box is free of this text, and takes one back if it is empty.
    taken: (text) => {
      const box = boxOf('question');
      if (box?.value.trim() === text) write(box, '');
    },
    giveBack: (text) => {
      const box = boxOf('question');
      if (!box || box.value) return false;
      write(box, text);
      return true;
    },
    // A question comes back to be worded otherwise.
    edit: (text) => {
      const box = boxOf('question');
      write(box, text);
      box.focus();
      box.setSelectionRange(text.length, text.length);
    },
    // A conversation is shown, with an `answered` question at its end that was not there before.
    shown: (data, answered) => {
      if (Number(data.move) !== move) return;
      conversation = data.conversation;
      keep('conversation', conversation);
      if (conversation !== named()) {
        const change = addressed === move ? 'replaceState' : 'pushState';
        const { pathname, search } = window.location;
        window.history[change](null, '', `${pathname}${search}${conversation && `#c=${conversation}`}`);
      }
      addressed = move;
      keep('index', data.index);
      if (answered && answered === kept('asked')) keep('asked', '');
      if (answered) window.wenju.pending?.shown(answered);
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
