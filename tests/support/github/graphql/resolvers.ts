/** All resolvers by type of the schema. */

import { accountResolvers } from './account-resolvers.ts';
import { checkMutations } from './check-mutations.ts';
import { checkResolvers } from './check-resolvers.ts';
import { gitResolvers } from './git-resolvers.ts';
import { issueMutations } from './issue-mutations.ts';
import { issueResolvers } from './issue-resolvers.ts';
import { pullMutations } from './pull-mutations.ts';
import { pullResolvers } from './pull-resolvers.ts';
import { queryResolvers } from './query-resolvers.ts';
import { refMutations } from './ref-mutations.ts';
import { refPullFields, repositoryResolvers } from './repository-resolvers.ts';
import type { Resolvers } from './resolver-types.ts';
import { refRuleFields, ruleResolvers } from './rule-resolvers.ts';
import { timelineResolvers } from './timeline.ts';
import { workflowResolvers } from './workflow-resolvers.ts';

export const resolvers: Resolvers = {
  ...accountResolvers,
  ...checkResolvers,
  ...gitResolvers,
  ...issueResolvers,
  ...pullResolvers,
  ...queryResolvers,
  ...repositoryResolvers,
  ...ruleResolvers,
  ...timelineResolvers,
  ...workflowResolvers,
  Ref: { ...gitResolvers['Ref'], ...refPullFields, ...refRuleFields },
  Mutation: { ...checkMutations, ...issueMutations, ...pullMutations, ...refMutations },
};
