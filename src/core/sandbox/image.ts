/** Names of container images: how they are written, and when one can only ever mean the same image. */
import type { Checked } from '../ids.ts';

/** Reads the name of an image, `node:24` or `node:24@sha256:…`. Whether it exists is for an engine to say. */
export function readImage(text: string): Checked<string> {
  // A reference that begins with '-' would be read as an option of the engine.
  if (/^[a-z0-9][\w.:/-]{0,250}(?:@sha256:[0-9a-f]{64})?$/i.test(text)) return { ok: true, value: text };
  return { ok: false, because: "an image is written as 'node:24' or, better, with its digest '…@sha256:…'" };
}

/** True if the name holds the image's digest, so that nobody can put another one under it. */
export function isPinnedImage(image: string): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(image);
}

/** How a person finds the digest of an image and where to write it; a clause without a full stop. */
export function howToPinImage(image: string): string {
  return `'docker buildx imagetools inspect ${image}' prints its digest; write '${image}@sha256:…' with it`;
}
