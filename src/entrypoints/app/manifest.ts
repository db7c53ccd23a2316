/** The App's manifest: `app.yml` with the addresses of this server in it. */
import { parse } from 'yaml';
import { z } from 'zod';

/** What of a manifest is looked at; the rest is handed on as it is. */
const Manifest = z.looseObject({
  name: z.string().min(1),
  url: z.string().min(1),
  hook_attributes: z.looseObject({}).optional(),
  default_permissions: z.record(z.string(), z.enum(['read', 'write'])),
  default_events: z.array(z.string()),
});

/** Where this server is. */
export interface ManifestAddresses {
  /** Where GitHub sends webhooks to. */
  hookUrl: string;
  /** Where GitHub sends the browser back to, with the code for the credentials. */
  redirectUrl: string;
}

/** The manifest as GitHub takes it, JSON. Throws if `yaml` is no manifest. */
export function renderManifest(yaml: string, { hookUrl, redirectUrl }: ManifestAddresses): string {
  const manifest = Manifest.safeParse(parse(yaml));
  if (!manifest.success) throw new Error(`app.yml is no manifest of a GitHub App: ${z.prettifyError(manifest.error)}`);
  return JSON.stringify({
    ...manifest.data,
    hook_attributes: { ...manifest.data.hook_attributes, url: hookUrl, active: true },
    redirect_url: redirectUrl,
  });
}
