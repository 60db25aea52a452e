const modes = ['enforce', 'audit', 'warn'] as const;

/** Pod-security labels of a namespace. */
export function podSecurity(level: 'restricted' | 'baseline'): Record<string, string> {
  return Object.fromEntries(modes.map((mode) => [`pod-security.kubernetes.io/${mode}`, level]));
}
