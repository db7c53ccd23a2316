/** The pages of set-up: plain HTML, no script, nothing from elsewhere. */
import type { ServerResponse } from 'node:http';

/** A page: its heading and its body, which is HTML made of {@link html}. */
export interface SetupPage {
  heading: string;
  body: Html;
}

/** Text that is HTML already. */
interface Html {
  readonly markup: string;
}

/** HTML with every value in it escaped, but those that are {@link Html}. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const shown = values.map((value) => (typeof value === 'string' ? escapeHtml(value) : value.markup));
  return { markup: parts.map((part, index) => `${part}${shown[index] ?? ''}`).join('') };
}

/** The form that carries the manifest to GitHub, and another for an organisation. */
export function renderStartPage(options: {
  /** Where the form goes to, with the state in it. */
  action: string;
  /** This server as the browser has it, without a slash at its end. */
  homeUrl: string;
  manifest: string;
  hookUrl: string;
  organization: string | null;
  /** GitHub cannot reach the address of the webhooks. */
  isUnreachable: boolean;
}): SetupPage {
  const { action, homeUrl, manifest, hookUrl, organization } = options;
  const warning = options.isUnreachable
    ? html`<p class="warning">
        GitHub cannot reach <code>${hookUrl}</code>. Set <code>ESPALIER_PUBLIC_URL</code> to the address at which GitHub
        reaches this server, and start it again.
      </p>`
    : html``;
  const owner = organization === null ? html`your account` : html`the organisation <b>${organization}</b>`;
  return {
    heading: 'Set up Espalier',
    body: html`<p>
        This registers a GitHub App for ${owner}. GitHub shows you its name and its permissions first, then sends you
        back here, and the credentials are stored on this server.
      </p>
      ${warning}
      <p>Webhooks will go to <code>${hookUrl}</code>.</p>
      <form action="${action}" method="post">
        <input type="hidden" name="manifest" value="${manifest}" />
        <button type="submit">Register the App on GitHub</button>
      </form>
      <form action="${homeUrl}/" method="get">
        <label>For an organisation: <input name="organization" value="${organization ?? ''}" maxlength="39" /></label>
        <button type="submit">Choose</button>
      </form>`,
  };
}

/** The question for the token; it remembers which organisation was chosen before. */
export function renderTokenPage(options: {
  isWrong: boolean;
  homeUrl: string;
  organization: string | null;
}): SetupPage {
  return {
    heading: 'Set up Espalier',
    body: html`${options.isWrong ? html`<p class="warning">That is not the token.</p>` : html``}
      <p>Others can reach this server, so it asks for the value of <code>ESPALIER_SETUP_TOKEN</code> first.</p>
      <form action="${options.homeUrl}/setup" method="post">
        <input type="hidden" name="organization" value="${options.organization ?? ''}" />
        <label>Token: <input type="password" name="token" autocomplete="off" required /></label>
        <button type="submit">Go on</button>
      </form>`,
  };
}

/** Sends a page. `formTarget` is the one origin beside our own that its forms may go to. */
export function sendPage(response: ServerResponse, status: number, page: SetupPage, formTarget = ''): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${formTarget}; base-uri 'none'; frame-ancestors 'none'`,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  const { markup } = html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${page.heading}</title>
        <style>
          body {
            font:
              1rem/1.5 system-ui,
              sans-serif;
            max-width: 40rem;
            margin: 3rem auto;
            padding: 0 1rem;
          }
          .warning {
            border-left: 0.3rem solid #c60;
            padding-left: 0.7rem;
          }
          form {
            margin: 1.5rem 0;
          }
        </style>
      </head>
      <body>
        <h1>${page.heading}</h1>
        ${page.body}
      </body>
    </html>`;
  response.end(markup);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
