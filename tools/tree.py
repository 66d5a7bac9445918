"""The files of this tree, and C text without what only looks like code."""
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def files(*folders, ends=()):
    """Paths relative to the root of what git knows or would add, sorted; all if no folder is named."""
    listed = subprocess.run(['git', '-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others',
                             '--exclude-standard', '--', *folders], cwd=ROOT, check=True, capture_output=True)
    names = {name for name in listed.stdout.decode().split('\0') if name.endswith(tuple(ends) or '')}
    return sorted(name for name in names if os.path.isfile(os.path.join(ROOT, name)))


def read(name):
    with open(os.path.join(ROOT, name), encoding='utf-8') as file:
        return file.read()


TOKEN = re.compile(r'''/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' ''', re.S | re.X)


def code(text, strings=False):
    """C text with comments blanked out, and strings too unless they are wanted. Lines keep their numbers."""
    def blank(match):
        if strings and match[0][0] in '"\'':
            return match[0]
        return re.sub(r'[^\n]', ' ', match[0])
    return TOKEN.sub(blank, text)
