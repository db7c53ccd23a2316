/** People, organizations, bots and apps. */

import type { Account, App } from '../state.ts';
import { dateTime } from './resolver-types.ts';
import type { GraphqlContext, NodeSource, Resolvers, TypeResolvers } from './resolver-types.ts';

/** An account as any of the types that the schema has for it. */
export type AccountSource = NodeSource<'User' | 'Organization' | 'Bot'>;

/** An account by login as an `Actor`; null for one that is gone. */
export function findActor(context: GraphqlContext, login: string | null): AccountSource | null {
  const account = login === null ? undefined : context.world.state.accounts.get(login.toLowerCase());
  return account === undefined ? null : { kind: account.kind, account };
}

/** An account where the schema allows no bot: a bot appears as a user whose login keeps its `[bot]`. */
export function showAsUser(account: Account): AccountSource {
  return { kind: 'User', account };
}

/** GraphQL names a bot by its app's slug alone. */
function loginOf({ kind, account }: AccountSource): string {
  return kind === 'Bot' ? account.login.replace(/\[bot\]$/, '') : account.login;
}

function pathOf({ kind, account }: AccountSource): string {
  return kind === 'Bot' ? `/apps/${account.login.replace(/\[bot\]$/, '')}` : `/${account.login}`;
}

const accountFields: TypeResolvers<AccountSource> = {
  id: ({ account }) => account.nodeId,
  databaseId: ({ account }) => account.id,
  login: (source) => loginOf(source),
  createdAt: ({ account }) => dateTime(account.createdAt),
  updatedAt: ({ account }) => dateTime(account.createdAt),
  url: (source, _args, { world }) => `${world.urls.web}${pathOf(source)}`,
  avatarUrl: ({ account }, _args, { world }) => `${world.urls.web}/avatars/u/${account.id}`,
};

const appFields: TypeResolvers<{ readonly app: App }> = {
  id: ({ app }) => app.nodeId,
  databaseId: ({ app }) => app.id,
  clientId: ({ app }) => app.clientId,
  name: ({ app }) => app.name,
  slug: ({ app }) => app.slug,
  createdAt: ({ app }) => dateTime(app.createdAt),
  url: ({ app }, _args, { world }) => `${world.urls.web}/apps/${app.slug}`,
};

export const accountResolvers: Resolvers = {
  User: { ...accountFields, name: ({ account }: AccountSource) => account.name },
  Organization: { ...accountFields, name: ({ account }: AccountSource) => account.name },
  Bot: accountFields,
  App: appFields,
};
