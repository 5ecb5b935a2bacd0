// How the workspace looks on this device: theme, contrast, size of the words, density and order of lists. It is kept in the browser,
// where the first line of the page finds it before anything is drawn.
export type Look = { theme: 'system' | 'light' | 'dark'; contrast: 'system' | 'more'; size: 100 | 115 | 130; rows: 'cosy' | 'compact'; orders: Record<string, 'new' | 'due'>; keys: boolean };
const plain: Look = { theme: 'system', contrast: 'system', size: 100, rows: 'cosy', orders: {}, keys: true };

function kept(): Look {
  try {
    return { ...plain, ...JSON.parse(localStorage.getItem('hearth.look') ?? '{}') };
  } catch {
    return plain;
  }
}

let look = $state.raw<Look>(kept());
const night = matchMedia('(prefers-color-scheme: dark)');
let dark = $state(false);

function apply() {
  const root = document.documentElement;
  dark = look.theme === 'dark' || (look.theme === 'system' && night.matches);
  root.dataset.theme = dark ? 'dark' : 'light';
  if (look.contrast === 'more') root.dataset.contrast = 'more';
  else delete root.dataset.contrast;
  root.style.fontSize = look.size === 100 ? '' : `${look.size}%`;
  document.querySelector('meta[name=theme-color]')?.setAttribute('content', dark ? '#131316' : '#f7f6f4');
}
night.addEventListener('change', apply);
apply();

export const looks = {
  get now() { return look; },
  get dark() { return dark; },
  change(part: Partial<Look>) {
    look = { ...look, ...part };
    try {
      localStorage.setItem('hearth.look', JSON.stringify(look));
    } catch {
      // a browser that keeps nothing looks plain the next time
    }
    apply();
  },
};
