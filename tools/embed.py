#!/usr/bin/env python3
"""Turn the files of sql/ and openapi/ into C at build time.

    embed.py queries  OUT.h OUT.c FILE...   sql/a/b.sql  -> extern const Sql sql_a_b;
    embed.py schema   OUT.c FILE...         NNN-name.sql -> const Migration migrations[]
    embed.py description OUT.c FILE...      openapi/*.json -> one JSON text, const char description_text[]

A query's override for PostgreSQL lies beside it as name.pg.sql.
"""
import json
import os
import re
import sys


def c_string(text):
    lines = text.splitlines(keepends=True) or ['']
    quoted = []
    for line in lines:
        body = line.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n').replace('\t', '\\t')
        quoted.append('    "' + body.replace('??', '?\\?') + '"')
    return '\n'.join(quoted)


def identifier(path):
    return re.sub(r'[^a-z0-9]', '_', path.lower())


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def queries(header, source, files):
    root = os.path.commonpath([os.path.dirname(os.path.abspath(f)) for f in files])
    while os.path.basename(root) != 'sql':
        root = os.path.dirname(root)
    texts = {}
    for file in files:
        name = os.path.relpath(os.path.abspath(file), root)[: -len('.sql')]
        engine = 'text'
        if name.endswith('.pg'):
            name, engine = name[: -len('.pg')], 'pg'
        texts.setdefault(name, {})[engine] = read(file)
    with open(header, 'w') as out:
        out.write('/* Generated from sql/. */\n#pragma once\n#include "store/store.h"\n\n')
        for name in sorted(texts):
            out.write(f'extern const Sql sql_{identifier(name)};\n')
    with open(source, 'w') as out:
        out.write('/* Generated from sql/. */\n#include "sql.h"\n')
        for name in sorted(texts):
            parts = texts[name]
            if 'text' not in parts:
                sys.exit(f'sql/{name}.pg.sql overrides nothing: sql/{name}.sql is missing')
            out.write(f'\nconst Sql sql_{identifier(name)} = {{\n    .name = "{name}",\n')
            out.write(f'    .text =\n{c_string(parts["text"])},\n')
            if 'pg' in parts:
                out.write(f'    .pg =\n{c_string(parts["pg"])},\n')
            out.write('};\n')


def schema(source, files):
    found = []
    for file in files:
        match = re.fullmatch(r'(\d{3})-([a-z0-9-]+)\.sql', os.path.basename(file))
        if not match:
            sys.exit(f'{file}: a migration is called NNN-name.sql')
        found.append((int(match[1]), match[2], file))
    found.sort()
    if [version for version, _, _ in found] != list(range(1, len(found) + 1)):
        sys.exit('the migrations are not numbered 001, 002, ... without a gap')
    with open(source, 'w') as out:
        out.write('/* Generated from sql/schema. */\n#include "store/migrate.h"\n\nconst Migration migrations[] = {\n')
        for version, name, file in found:
            out.write(f'  {{ {version}, "{name}",\n{c_string(read(file))} }},\n')
        out.write('  { 0, NULL, NULL },\n};\n')


def described(paths):
    """Their sections put together; what is described twice is an error."""
    whole = {}
    for path in paths:
        for section, members in json.loads(read(path)).items():
            there = whole.setdefault(section, {})
            for name in members.keys() & there.keys():
                sys.exit(f'{path}: {section} describes {name} a second time')
            there.update(members)
    return whole


def description(source, paths):
    text = json.dumps(described(sorted(paths)), indent=0)
    with open(source, 'w') as out:
        out.write('/* Generated from openapi/. */\n#include "api/description.h"\n\n')
        out.write(f'const char description_text[] =\n{c_string(text)};\n')


def main(kind, *rest):
    if kind == 'queries':
        queries(rest[0], rest[1], rest[2:])
    elif kind == 'schema':
        schema(rest[0], rest[1:])
    elif kind == 'description':
        description(rest[0], rest[1:])
    else:
        sys.exit(__doc__)


main(*sys.argv[1:])
