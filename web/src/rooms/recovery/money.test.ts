import { expect, test } from 'vitest';
import { read, say } from './money';

test('amounts are read as people write them, and exactly', () => {
  const eur = (s: string) => read(s, 'EUR')?.minor;
  expect([eur('12'), eur('12.5'), eur('12,50'), eur('€ 1,234.56'), eur('1.234,56'), eur('1 234'), eur('0.01'), eur('20 EUR')]).toEqual([1200, 1250, 1250, 123456, 123456, 123400, 1, 2000]);
  expect([eur(''), eur('-5'), eur('1.005'), eur('ten'), eur('1,2,3'), eur('99999999999999999')]).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
  expect([eur('USD 20'), eur('$20'), eur('1.234,567'), eur('EUR 1,234,567.89')]).toEqual([undefined, undefined, undefined, 123456789]);
  expect(read('1200', 'JPY')?.minor).toBe(1200);
  expect(read('1.5', 'JPY')).toBeUndefined();
  expect([eur('1,000'), eur('1.000,00')]).toEqual([100000, 100000]);
});

test('amounts are said without a rounding', () => {
  expect(say({ currency: 'EUR', minor: 1250 })).toMatch(/12[.,]50/);
  expect(say({ currency: 'EUR', minor: 200000 })).toMatch(/2[.,]000/);
  expect(say({ currency: 'EUR', minor: 900719925474099 })).toMatch(/7[.,]?199[.,]?254[.,]?740[.,]99/);
});
