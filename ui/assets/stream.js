// Gradio's page reads what the server says from a stream that the server closes once nothing is in
// flight. What is asked while word of that is still on its way would never be read: then the
// stream is opened again here. Who is no longer signed in is led to the page that asks for a key.
(() => {
  const send = window.fetch;
  const waiting = new Set(); // calls of which the end has not been read
  let closing = Promise.resolve();

  const reopened = (request, signal) => {
    const { url, headers, credentials } = request;
    return send(url, { headers, credentials, signal });
  };
  const isClosing = (line) => {
    if (!line.startsWith('data:')) return false;
    const message = JSON.parse(line.slice(5));
    if (message.msg === 'process_completed') waiting.delete(message.event_id);
    return message.msg === 'close_stream';
  };
  async function* lines(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const parts = (rest + value).split('\n');
      rest = parts.pop();
      yield* parts;
    }
    if (rest) yield rest;
  }
  async function* messages(request, response) {
    for (;;) {
      let isOver = true;
      for await (const line of lines(response)) {
        if (!isClosing(line)) {
          yield `${line}\n`;
        } else if (waiting.size) {
          isOver = false;
          break;
        } else {
          // No call may look at the stream between this word and its being read.
          closing = new Promise((read) => { setTimeout(read, 50); });
          yield `${line}\n\n`;
          return;
        }
      }
      if (isOver) return;
      response = await reopened(request, request.signal);
      if (!response.ok) throw new Error(`the stream is gone: ${response.status}`);
    }
  }
  const follow = (request, response) => {
    const encoder = new TextEncoder();
    const made = messages(request, response);
    const body = new ReadableStream({
      pull: async (controller) => {
        const { done, value } = await made.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: () => made.return(),
    });
    return new Response(body, { status: response.status, headers: response.headers });
  };
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    if (!pathname.includes('/gradio_api/')) return send(input, init);
    const isCall = pathname.endsWith('/queue/join');
    const fail = () => { // it did not get away
      window.wenju.restore();
      window.wenju.pending?.failed();
    };
    const response = await send(request.clone()).catch((error) => {
      if (isCall) fail();
      throw error;
    });
    if (response.status === 401) window.location.reload();
    if (!response.ok) {
      if (isCall) fail();
      return response;
    }
    if (pathname.endsWith('/queue/data')) return follow(request, response);
    if (isCall) {
      waiting.add((await response.clone().json()).event_id);
      await closing;
    }
    return response;
  };
})();
