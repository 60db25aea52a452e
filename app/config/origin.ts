/** A host name in lower case, or its A-label form, or an IP address, with an optional port. */
const host = String.raw`(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])(?::\d{1,5})?`;

/** Origins of apps in a web view and of browser extensions: Capacitor, Ionic, Tauri, Electron, Chrome, Firefox, Safari. */
const appOrigin = new RegExp(`^(?:capacitor|ionic|tauri|app|[a-z]+(?:-[a-z]+)*-extension)://${host}$`);

/** `https://*.example.com`: at least two labels must follow, because `https://*.com` would allow nearly everybody. */
const wildcard = /^(https?:\/\/)\*\.([a-z0-9_-]+(?:\.[a-z0-9_-]+)+(?::\d{1,5})?)$/;

/** One label of a host name. No dot: the label must not reach into another domain. */
const label = '[a-z0-9_-]{1,63}';

const isWebOrigin = (text: string): boolean =>
  /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** Whether browsers could send the text as an Origin header, or send one that the wildcard in it stands for. */
export function isOrigin(text: string): boolean {
  const domain = wildcard.exec(text)?.slice(1).join('');
  return isWebOrigin(domain ?? text) || appOrigin.test(text);
}

/**
 * Returns whether an Origin header is on the list. `*.` stands for exactly one label, as in a TLS certificate (RFC 9525
 * section 6.3), so neither `https://example.com` nor `https://a.b.example.com` matches `https://*.example.com`.
 */
export function createOriginCheck(origins: readonly string[]): (origin: string) => boolean {
  const exact = new Set(origins);
  const patterns = origins.flatMap((text) => {
    const [, scheme, domain] = wildcard.exec(text) ?? [];
    return scheme && domain ? [new RegExp(`^${scheme}${label}\\.${domain.replaceAll('.', '\\.')}$`)] : [];
  });
  return (origin) =>
    (exact.has(origin) && !origin.includes('*')) || patterns.some((pattern) => pattern.test(origin));
}
