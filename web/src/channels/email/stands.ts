// How a mailbox stands, in a few words.
import { ago, now } from '../../base/time.svelte';
import { t } from '../../base/words.svelte';
import type { Standing } from './decide';

export const troubled = (s: Standing) => s.state === 'alarm' || s.state === 'trouble';

export function stands(s: Standing): string {
  if (s.state === 'fine') return now() - Date.parse(s.at!) < 60_000 ? t('mail.read_now') : t('mail.read_ago', { ago: ago(s.at!) });
  if (troubled(s)) return s.since ? t('mail.unread_since', { ago: ago(s.since) }) : t('mail.unread');
  return t('mail.box.' + s.state);
}
