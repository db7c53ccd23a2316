/** `actions/create-github-app-token`: a narrowed token of an app's installation, taken back after the job. */
import { createSign } from 'node:crypto';

import { readSwitch, type ActionCall, type BuiltInAction } from './action-call.ts';

const PERMISSIONS = [
  ...['actions', 'administration', 'checks', 'contents', 'deployments', 'issues', 'members', 'merge-queues'],
  ...['metadata', 'packages', 'pages', 'pull-requests', 'secrets', 'security-events', 'statuses', 'workflows'],
];

/** See the documentation of the action. */
export const createGitHubAppToken: BuiltInAction = {
  inputs: {
    'client-id': '',
    'app-id': '',
    'private-key': null,
    owner: '',
    repositories: '',
    'skip-token-revoke': 'false',
    'github-api-url': '',
    ...Object.fromEntries(PERMISSIONS.map((name) => [`permission-${name}`, ''])),
  },
  async run(call) {
    const { inputs, repository } = call;
    const issuer = inputs['client-id'] === '' ? inputs['app-id'] : inputs['client-id'];
    if (issuer === undefined || issuer === '')
      throw new Error("The 'client-id' input must be set to a non-empty string.");
    const jwt = makeJwt(call, issuer);
    const owner = inputs['owner'] === '' ? repository.owner : (inputs['owner'] ?? '');
    const named = (inputs['repositories'] ?? '').split(/[\s,]+/u).filter((name) => name !== '');
    const repositories = named.length > 0 ? named : [repository.name];
    const installation = await ask(call, 'GET', `/repos/${owner}/${repositories[0]}/installation`, { jwt });
    const permissions = PERMISSIONS.flatMap((name) => {
      const level = inputs[`permission-${name}`];
      return level === undefined || level === '' ? [] : [[name.replaceAll('-', '_'), level] as const];
    });
    const minted = await ask(call, 'POST', `/app/installations/${String(installation['id'])}/access_tokens`, {
      jwt,
      body: { repositories, ...(permissions.length > 0 ? { permissions: Object.fromEntries(permissions) } : {}) },
    });
    const token = String(minted['token']);
    call.addMask(token);
    call.setOutput('token', token);
    call.setOutput('installation-id', String(installation['id']));
    call.setOutput('app-slug', String(installation['app_slug']));
    if (readSwitch(call, 'skip-token-revoke')) return;
    call.afterJob(async () => {
      await ask(call, 'DELETE', '/installation/token', { jwt: token });
      call.print('Token revoked');
    });
  },
};

function makeJwt({ world, inputs }: ActionCall, issuer: string): string {
  const nowSeconds = Math.floor(world.clock.now() / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iat: nowSeconds - 30, exp: nowSeconds + 540, iss: issuer })}`;
  const key = (inputs['private-key'] ?? '').replaceAll(String.raw`\n`, '\n');
  return `${body}.${createSign('sha256').update(body).sign(key, 'base64url')}`;
}

async function ask(
  { world, inputs }: ActionCall,
  method: string,
  path: string,
  { jwt, body }: { jwt: string; body?: object },
): Promise<Record<string, unknown>> {
  const origin = inputs['github-api-url'] === '' ? world.urls.api : (inputs['github-api-url'] ?? '');
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${jwt}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${String(answer['message'])} - ${method} ${path} answered ${response.status}`);
  return answer;
}
