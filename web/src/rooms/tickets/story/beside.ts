// What happened beside the thread of a ticket, in words: promises, clocks, the parts of others, what was left undone. It comes
// after the ticket is there, with its words.
import { house } from '../../../base/house.svelte';
import { full } from '../../../base/time.svelte';
import { t, word } from '../../../base/words.svelte';
import type { Moment } from '../api';
import { somebody, type Line } from '../story';

type Body = Record<string, unknown>;

export function beside(m: Moment, all: Moment[]): Line {
  const b = m.body as Body;
  const did = (line: string) => ({ who: somebody(m), line });
  const was = (line: string) => ({ who: '', line });
  switch (m.kind) {
    case 'promises.made':
      if (b.instead_of) return undefined;
      return { who: house.name(b.made_by as string) || somebody(m), line: t('story.promised', { due: full(String(b.due)) }) }; // an answer that leaves makes it in its author’s name
    case 'promises.refused':
      return was(t('story.refused'));
    case 'promises.offered':
      if (b.with_ticket) return was(t('story.offered_along', { to: house.name(b.to as string) || t('tickets.somebody') }));
      return did(t('story.offered', { to: house.name(b.to as string) || t('tickets.somebody') }));
    case 'promises.declined':
      return did(t('story.declined'));
    case 'promises.withdrawn':
      if (b.gone) return was(t('story.gone', { name: house.name(b.to as string) || t('tickets.somebody') }));
      return m.by.startsWith('system:') ? undefined : did(t('story.withdrawn'));
    case 'promises.kept':
      return did(t(b.late ? 'story.kept_late' : 'story.kept'));
    case 'promises.renewed':
      return did(t('story.renewed'));
    case 'promises.released':
      return did(t('story.let_off'));
    case 'promises.handed':
      return m.by === `staff:${b.owner}` ? did(t('story.accepted')) : did(t('story.handed', { to: house.name(b.owner as string) || t('tickets.somebody') }));
    case 'promises.reminded':
      return was(t('story.reminded', { due: full(String(b.due)) }));
    case 'promises.broken':
      return was(t('story.broken'));
    case 'clocks.breached':
      return was(t('story.breached', { clock: word('clocks', String(b.clock ?? '')) }));
    case 'complaints.overlooked':
      return was(t('story.overlooked', { what: ((b.what as string[] | undefined) ?? []).map((w) => word('story.overlooked', w)).join(', ') }));
  }
  if (!m.kind.startsWith('parts.')) return undefined;
  // Only an invitation says who was asked; what follows is about the same part.
  const invited = all.find((o) => o.kind === 'parts.invited' && (o.body as Body).part === b.part)?.body as Body | undefined;
  const kind = { kind: String(invited?.kind ?? 'other') };
  switch (m.kind) {
    case 'parts.invited':
      return did(t('story.parts.invited', kind));
    case 'parts.written':
      if (invited?.message === b.message) return undefined; // the first words are the invitation
      if (b.elsewhere) return was(t('story.parts.elsewhere', kind));
      if (b.machine) return was(t('story.parts.nudged', kind));
      return did(t(b.chase ? 'story.parts.chased' : b.shared ? 'story.parts.shared' : 'story.parts.wrote', kind));
    case 'parts.heard':
      if (b.machine) return undefined;
      return m.by.startsWith('staff:') ? did(t('story.parts.answered')) : was(t('story.parts.heard', kind));
    case 'parts.brought':
      return did(t(b.gone ? 'story.parts.released' : 'story.parts.joined'));
    case 'parts.done':
      return b.moot ? undefined : did(t('story.parts.done', kind));
    case 'parts.due':
      return was(t('story.parts.due', kind));
    case 'parts.delivered':
      return b.state === 'failed' || b.state === 'bounced' ? was(t('story.parts.undelivered', kind)) : undefined;
    case 'parts.changed':
      return (b.parts as string[] | undefined)?.includes('known_as') ? did(t('story.parts.known_as')) : undefined;
    case 'parts.moved':
      return was(t('story.parts.moved'));
  }
  return undefined;
}
