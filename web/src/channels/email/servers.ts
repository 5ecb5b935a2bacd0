// A mail server as people think of it, and as the API writes it: imaps://user@host:993.
import { t } from '../../base/words.svelte';

export type Safety = 'tls' | 'starttls' | 'plain';
export type Server = { host: string; port: string; safety: Safety; user: string };
export type Kind = 'imap' | 'smtp';

const ports: Record<Kind, Record<Safety, string>> = {
  imap: { tls: '993', starttls: '143', plain: '143' },
  smtp: { tls: '465', starttls: '587', plain: '25' },
};
export const usual = (kind: Kind, safety: Safety) => ports[kind][safety];
export const empty = (kind: Kind): Server => ({ host: '', port: ports[kind].tls, safety: 'tls', user: '' });

/** Takes an address of a server apart; an empty one when there is none. */
export function read(kind: Kind, url: string | undefined): Server {
  const m = /^(imap|smtp)(s|\+starttls)?:\/\/(?:(.*)@)?(\[[^\]]+\]|[^:/@]+)(?::(\d+))?\/?$/.exec(url ?? '');
  if (!m || m[1] !== kind) return empty(kind);
  const safety: Safety = m[2] === 's' ? 'tls' : m[2] ? 'starttls' : 'plain';
  let user = m[3] ?? '';
  try {
    user = decodeURIComponent(user);
  } catch {
    // a percent sign that stands for itself
  }
  return { host: m[4].replace(/^\[|\]$/g, ''), port: m[5] || ports[kind][safety], safety, user };
}

/** The address of a server; empty when no host is named. */
export function write(kind: Kind, s: Server): string {
  const host = s.host.trim();
  if (!host) return '';
  const scheme = kind + { tls: 's', starttls: '+starttls', plain: '' }[s.safety];
  const user = s.user.trim() ? encodeURIComponent(s.user.trim()).replace(/%40/g, '@') + '@' : '';
  return `${scheme}://${user}${host.includes(':') ? `[${host}]` : host}${s.port.trim() ? ':' + s.port.trim() : ''}`;
}

/** The port that goes with another protection, unless somebody wrote one of their own. */
export function protect(kind: Kind, s: Server, safety: Safety): Server {
  return { ...s, safety, port: !s.port || Object.values(ports[kind]).includes(s.port) ? ports[kind][safety] : s.port };
}

/** A server in a line. */
export const line = (s: Server) => (s.host ? `${s.host}:${s.port} · ${t('boxes.safety.' + s.safety)}` : '');

/** Without TLS only this machine itself is spoken to, unless that is allowed. */
export const exposed = (s: Server) => !!s.host && s.safety === 'plain' && !/^(localhost|127\.|::1)/.test(s.host.trim());
