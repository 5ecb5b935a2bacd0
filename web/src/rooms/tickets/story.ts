// The story of a ticket: what was said and what happened, in one order, with what happened in words.
import { house } from '../../base/house.svelte';
import { t, word } from '../../base/words.svelte';
import type { Message, Moment } from './api';

export type Step = { at: string; key: string } & ({ message: Message } | { line: string; by: string; why?: string });

const said = new Set(['tickets.received', 'tickets.answered', 'tickets.noted', 'tickets.noticed', 'tickets.delivered', 'tickets.opened']);
const quiet = /^(clocks\.(?!breached)|drafts\.|mail\.)/;

/** Messages and moments, merged by when they were. What a message shows by itself is not told again. */
export function story(messages: Message[], moments: Moment[]): Step[] {
  const steps: Step[] = messages.map((m) => ({ at: m.at, key: m.id, message: m }));
  for (const m of moments) {
    if (said.has(m.kind) || quiet.test(m.kind)) continue;
    const line = tell(m);
    if (line) steps.push({ at: m.at, key: `s${m.seq}`, line, by: m.by, why: m.reason });
  }
  steps.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.key < b.key ? -1 : 1));
  return steps.reduce<Step[]>((all, step) => {
    const last = all.at(-1);
    // What one person did in one go is one line.
    if (last && 'line' in last && 'line' in step && last.by === step.by && !last.why && Date.parse(step.at) - Date.parse(last.at) < 120_000) {
      all[all.length - 1] = { ...last, line: `${last.line} · ${step.line}`, why: step.why, at: step.at };
    } else all.push(step);
    return all;
  }, []);
}

function tell(m: Moment): string {
  const b = m.body as Record<string, unknown>;
  const who = m.name || (m.by.startsWith('system:') ? t('tickets.machine') : t('tickets.somebody'));
  switch (m.kind) {
    case 'tickets.stood':
      if (b.why && b.why !== 'by_hand') return b.why === 'failed' || b.why === 'bounced' ? t('story.undelivered') : '';
      return t('story.stood', { who, to: word('tickets.status', String(b.to)) + (b.ended ? ` (${word('tickets.ended', String(b.ended))})` : '') });
    case 'tickets.assigned': {
      if (b.staff === b.was_staff && b.team !== b.was_team) return t('story.teamed', { who, team: house.team(b.team as string) || t('views.no_team') });
      if (!b.staff) return t('story.released', { who });
      return `staff:${b.staff}` === m.by ? t('story.took', { who }) : t('story.assigned', { who, to: house.name(b.staff as string) || t('tickets.somebody') });
    }
    case 'tickets.tagged': {
      const added = (b.added as string[] | undefined) ?? [], removed = (b.removed as string[] | undefined) ?? [];
      return [added.length && t('story.tagged', { who, tags: added.join(', ') }), removed.length && t('story.untagged', { who, tags: removed.join(', ') })].filter(Boolean).join(' · ');
    }
    case 'tickets.changed':
      if (b.priority) return t('story.priority', { who, to: word('tickets.priority', String(b.priority)) });
      return t('story.changed', { who, parts: ((b.parts as string[] | undefined) ?? []).map((p) => word('tickets.part', p)).join(', ') });
    case 'clocks.breached':
      return t('story.breached', { clock: word('clocks', String(b.clock ?? '')) });
    default:
      return word('story', m.kind) === m.kind ? '' : t(`story.${m.kind}`, { who });
  }
}
