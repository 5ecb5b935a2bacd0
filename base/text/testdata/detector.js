// Runs first in every frame and tells the top window whatever runs, or could run, after it.
// MODE and NUMBER are set by the server.
(() => {
  const tell = top.postMessage.bind(top);
  const say = (what, detail = '') => tell({mode: MODE, number: NUMBER, what, detail: String(detail).slice(0, 200)}, '*');
  const own = document.currentScript;
  own.remove();
  say('alive');

  for (const name of ['alert', 'confirm', 'prompt', 'print', 'eval', 'open', 'Function']) {
    window[name] = (...args) => say('ran', name + ' ' + args[0]);
  }
  for (const name of ['write', 'writeln', 'open']) {
    document[name] = (...args) => say('ran', 'document.' + name + ' ' + args[0]);
  }
  // A script that fails has run; a picture that fails has not.
  window.addEventListener('error', e => e instanceof ErrorEvent && say('ran', e.message));
  document.addEventListener('securitypolicyviolation', e => {
    // Where the policy is enforced, this tells what it refused; what ran is seen above.
    if (MODE === 'csp') return;
    say(e.effectiveDirective.startsWith('script') ? 'ran' : 'loaded', e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sample);
  });

  const attributes = function* () {
    for (const element of document.querySelectorAll('*')) yield* [...element.attributes].map(attr => [element, attr]);
  };
  const inspect = () => {
    for (const element of document.body.querySelectorAll(
      'script,style,link,meta,base,iframe,frame,object,embed,applet,form,input,button,textarea,select,svg,math,template,video,audio,source')) {
      say('element', element.localName);
    }
    for (const [element, attr] of attributes()) {
      if (/^on/i.test(attr.name)) say('handler', element.outerHTML);
      if (/^(xlink:)?(href|src|action|formaction|background|poster|data|lowsrc|dynsrc|srcdoc|srcset|ping)$/i.test(attr.name)) {
        const scheme = attr.value.replace(/[\u0000-\u0020]/g, '').toLowerCase();
        if (/^(javascript|vbscript|livescript|data:(?!image\/))/.test(scheme)) say('javascript', element.outerHTML);
      }
      if (attr.name === 'style' && /url|expression|image|@|\\|behaviou?r|binding/i.test(attr.value)) say('style', attr.value);
    }
    for (const element of document.body.querySelectorAll('*')) {
      if (getComputedStyle(element).position !== 'static') say('style', element.outerHTML);
    }
  };
  window.addEventListener('load', () => {
    inspect();
    if (MODE === 'raw') { // what waits for a hand gets one
      for (const [element, attr] of attributes()) {
        if (/^on/i.test(attr.name)) element.dispatchEvent(new Event(attr.name.slice(2).toLowerCase()));
        if (/^\s*javascript:/i.test(element.href ?? '') && element.click) element.click();
      }
    } else { // what is read and written once more must still be the same harmless thing
      document.body.innerHTML = document.body.innerHTML;
      inspect();
    }
    setTimeout(() => say('done'));
  });
})();
