import './app.css';
import { mount } from 'svelte';
import { guess, speak } from '../base/words.svelte';
import App from './App.svelte';

await speak(guess());
mount(App, { target: document.getElementById('hearth')! });
