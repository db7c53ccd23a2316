/** Lets GitHub's parser of workflows import its schema as JSON without saying so, which Node by itself refuses. */
import { registerHooks } from 'node:module';

registerHooks({
  load: (url, context, nextLoad) =>
    nextLoad(url, SCHEMA.test(url) ? { ...context, importAttributes: { type: 'json' } } : context),
});

const SCHEMA = /\/@actions\/workflow-parser\/dist\/[^/]+\.json$/u;
