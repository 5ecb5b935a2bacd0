// Amounts as people write them: exact, in the smallest unit of their currency.
import { locale } from '../../base/words.svelte';
import type { Amount } from './api';

const digits = (currency: string) => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

const decimal = () => new Intl.NumberFormat(locale()).formatToParts(1.5).find((p) => p.type === 'decimal')!.value;

/** An amount in words of the reader: €12.50. Digits stay exact, however many there are. */
export function say(a: Amount): string {
  const n = digits(a.currency);
  const text = String(Math.abs(a.minor)).padStart(n + 1, '0');
  const whole = text.slice(0, text.length - n);
  const exact = `${a.minor < 0 ? '-' : ''}${whole}${n ? '.' + text.slice(-n) : ''}`;
  return new Intl.NumberFormat(locale(), { style: 'currency', currency: a.currency, trailingZeroDisplay: 'stripIfInteger' } as Intl.NumberFormatOptions).format(exact as unknown as number);
}

/** What was written, as an amount; undefined where it is none: letters, less than nothing, parts of a cent. */
export function read(text: string, currency: string): Amount | undefined {
  const n = digits(currency);
  const sign = new Intl.NumberFormat(locale(), { style: 'currency', currency }).formatToParts(0).find((p) => p.type === 'currency')!.value;
  const plain = text.replaceAll(currency, '').replaceAll(sign, '').replace(/[\s'’\u00a0\u202f]/g, ''); // another currency is left, and makes it no amount
  const parts = /^(\d{1,3}(?:([.,])\d{3}(?:\2\d{3})*)?|\d+)(?:[.,](\d+))?$/.exec(plain);
  if (!parts) return undefined;
  let [, whole, , cents = ''] = parts;
  // 1.005 is a thousand and five to some and too exact to others: what the reader's own numbers look like decides.
  if (/^\d{1,3}[.,]\d{3}$/.test(plain) && plain.includes(decimal())) return n === 3 ? { currency, minor: Number(plain.replace(/[.,]/, '')) } : undefined;
  whole = whole.replace(/[.,]/g, '');
  if (cents.length > n) return undefined;
  const minor = Number(whole + cents.padEnd(n, '0'));
  return Number.isSafeInteger(minor) ? { currency, minor } : undefined;
}

/** An amount as somebody writes it in a field: 12.50, in the digits of the reader. */
export function write(a: Amount): string {
  const n = digits(a.currency);
  const text = String(a.minor).padStart(n + 1, '0');
  const cents = n ? text.slice(-n) : '';
  return text.slice(0, text.length - n) + (/[1-9]/.test(cents) ? decimal() + cents : '');
}
