/** How accounts and nodes get into the state, and the ones that are always there. */
import { makeNodeId } from './node-ids.ts';
import type { Account, AccountKind, GitHubState, Node } from './state.ts';
import { nextSmallId, type World } from './world.ts';

/** Id of the app that check runs of workflows come from, as on github.com. */
export const ACTIONS_APP_ID = 15_368;

/** Login of the account that GitHub's own apps belong to. */
export const GITHUB_LOGIN = 'github';

/** Adds an account of any kind; throws where the login is taken. */
export function addAccount(
  world: World,
  login: string,
  kind: AccountKind,
  more: { name?: string | undefined; appId?: number } = {},
): Account {
  const { state } = world;
  if (state.accounts.has(login.toLowerCase())) throw new Error(`The test GitHub has an account ${login} already.`);
  const id = nextSmallId(state);
  const account: Account = {
    id,
    nodeId: makeNodeId(kind, id),
    login,
    kind,
    name: more.name ?? null,
    appId: more.appId ?? null,
    createdAt: world.clock.now(),
  };
  state.accounts.set(login.toLowerCase(), account);
  addNode(state, account.nodeId, { kind, account });
  return account;
}

/** Makes a thing findable by its node id. */
export function addNode(state: GitHubState, nodeId: string, node: Node): void {
  state.nodes.set(nodeId, node);
}
