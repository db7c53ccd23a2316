/** A `fetch` whose answers are written down beforehand; every request is noted, and one too many fails. */

/** What is answered: a body as JSON with status and headers, raw text, or a failure to answer. */
export type ScriptedAnswer =
  | { status?: number; headers?: Record<string, string>; body: unknown }
  | { status?: number; headers?: Record<string, string>; text: string }
  | { breaks: Error }
  | { hangs: true };

interface SentRequest {
  method: string;
  url: string;
  headers: Headers;
  body: unknown;
}

export interface ScriptedFetch {
  fetch: typeof globalThis.fetch;
  readonly sent: readonly SentRequest[];
}

/** Answers in order, by a rule for some (tokens), else from the script. */
export function scriptFetch(answers: readonly ScriptedAnswer[]): ScriptedFetch {
  const left = [...answers];
  const sent: SentRequest[] = [];
  return {
    sent,
    async fetch(input, init) {
      const request = new Request(input, init);
      const text = await request.text();
      const { method, url, headers } = request;
      if (url.endsWith('/access_tokens')) return reply({ status: 201, body: token(sent.length) });
      sent.push({ method, url, headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) });
      const answer = left.shift();
      if (answer === undefined) throw new Error(`Nothing is scripted for ${method} ${url}.`);
      if ('breaks' in answer) throw answer.breaks;
      if ('hangs' in answer) return hang(init?.signal ?? undefined);
      return reply(answer);
    },
  };
}

/** The token that {@link scriptFetch} hands out after so many requests. */
function token(count: number): { token: string; expires_at: string } {
  return { token: `ghs_42_secret-token-${count}`, expires_at: '2999-01-01T00:00:00Z' };
}

function reply(answer: Exclude<ScriptedAnswer, { breaks: Error } | { hangs: true }>): Response {
  const { status = 200, headers = {} } = answer;
  const text = 'text' in answer ? answer.text : JSON.stringify(answer.body);
  return new Response(text, { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers } });
}

function hang(signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted === true) reject(signal.reason as Error);
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });
}
