// The story of a ticket: what was said and what happened, in one order, with what happened in words.
import { house } from '../../base/house.svelte';
import { moment } from '../../base/time.svelte';
import { t, word } from '../../base/words.svelte';
import type { Message, Moment } from './api';

export type Step = { at: string; key: string } & ({ message: Message } | { who: string; line: string; by: string; why?: string });

const said = new Set(['tickets.received', 'tickets.answered', 'tickets.noted', 'tickets.noticed', 'tickets.delivered', 'tickets.opened']);
const quiet = /^(clocks\.(?!breached)|drafts\.|mail\.)/;

export type Line = { who: string; line: string } | undefined;
/** Says what happened beside the thread; what that is comes after the thread is there. */
export type Beside = (m: Moment, all: Moment[]) => Line;

/** Messages and moments, merged by when they were. What a message shows by itself is not told again. */
export function story(messages: Message[], moments: Moment[], beside?: Beside): Step[] {
  const steps: Step[] = messages.map((m) => ({ at: m.at, key: m.id, message: m }));
  for (const m of moments) {
    if (said.has(m.kind) || quiet.test(m.kind)) continue;
    const told = tell(m) ?? beside?.(m, moments);
    if (told) steps.push({ at: m.at, key: `s${m.seq}`, ...told, by: m.by, why: m.reason });
  }
  const when = new Map(steps.map((s) => [s.key, moment(s.at)]));
  steps.sort((a, b) => when.get(a.key)!.localeCompare(when.get(b.key)!) || (a.key < b.key ? -1 : 1));
  return steps.reduce<Step[]>((all, step) => {
    const last = all.at(-1);
    // What one person did in one go is one line.
    if (last && 'line' in last && 'line' in step && last.by === step.by && last.who && step.who && !last.why && Date.parse(step.at) - Date.parse(last.at) < 120_000) {
      all[all.length - 1] = { ...last, line: `${last.line}, ${step.line}`, why: step.why, at: step.at };
    } else all.push(step);
    return all;
  }, []);
}

export const somebody = (m: Moment) => m.name || (m.by.startsWith('system:') ? t('tickets.machine') : t('tickets.somebody'));

function tell(m: Moment): Line {
  const b = m.body as Record<string, unknown>;
  const did = (line: string) => (line ? { who: somebody(m), line } : undefined);
  const was = (line: string) => ({ who: '', line });
  switch (m.kind) {
    case 'tickets.stood':
      if (b.why && b.why !== 'by_hand' && b.why !== 'confirmed') return b.why === 'failed' || b.why === 'bounced' ? was(t('story.undelivered')) : undefined;
      return did(t('story.stood', { to: word('tickets.status', String(b.to)) + (b.ended ? ` (${word('tickets.ended', String(b.ended))})` : '') }));
    case 'tickets.assigned':
      if (b.staff === b.was_staff && b.team !== b.was_team) return did(t('story.teamed', { team: house.team(b.team as string) || t('views.no_team') }));
      if (!b.staff) return did(t('story.released'));
      return did(`staff:${b.staff}` === m.by ? t('story.took') : t('story.assigned', { to: house.name(b.staff as string) || t('tickets.somebody') }));
    case 'tickets.tagged': {
      const added = (b.added as string[] | undefined) ?? [], removed = (b.removed as string[] | undefined) ?? [];
      return did([added.length && t('story.tagged', { tags: added.join(', ') }), removed.length && t('story.untagged', { tags: removed.join(', ') })].filter(Boolean).join(', '));
    }
    case 'tickets.changed':
      if (b.priority) return did(t('story.priority', { to: word('tickets.priority', String(b.priority)) }));
      return did(t('story.changed', { parts: ((b.parts as string[] | undefined) ?? []).map((p) => word('tickets.part', p)).join(', ') }));
    case 'tickets.overruled':
      return did(t('story.overruled'));
    case 'tickets.marked':
      return did(b.facts_first ? t('story.marked', { matter: word('heed.matter', String(b.facts_first)) }) : t('story.unmarked'));
  }
  return undefined;
}
