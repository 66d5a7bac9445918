"""fastapi_server.py: the widgets by FastAPI, SQLAlchemy and asyncpg, as one would write them. For `./dev bench others`.

It asks what QUESTIONS names (a file, see others.mjs), answers with the rows as JSON, and keeps answers in a dictionary
for CACHE_TTL seconds: as data, which FastAPI makes JSON of for each request, or with READY=1 as the bytes that leave.
There is one user, BENCH_USER, whose token is BENCH_TOKEN."""
import json
import os
import time
from datetime import date, timedelta

from fastapi import FastAPI, Header, HTTPException, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

CACHE_TTL = int(os.environ['CACHE_TTL'])
POOL = int(os.environ['POOL'])
READY = os.environ['READY'] == '1'
TOKEN = f'Bearer {os.environ["BENCH_TOKEN"]}'
USER = os.environ['BENCH_USER']

with open(os.environ['QUESTIONS'], encoding='utf-8') as file:
    QUESTIONS = {key: [(text(one['text']), one['names']) for one in questions]
                 for key, questions in json.load(file).items()}

app = FastAPI()
engine = create_async_engine(os.environ['DATABASE_URL'].replace('postgresql://', 'postgresql+asyncpg://'),
                             pool_size=POOL, max_overflow=0, isolation_level='AUTOCOMMIT')
kept = {}


def parameters(start, end):
    days = (end - start).days + 1
    before = start - timedelta(days=days)
    return {'user': USER, 'from': start, 'to': end, 'after': end + timedelta(days=1), 'days': days,
            'prev_from': before, 'prev_to': start - timedelta(days=1), 'prev_after': start, 'prev_days': days}


async def answer(key, start, end):
    values = parameters(start, end)
    answers = []
    async with engine.connect() as connection:
        for question, names in QUESTIONS[key]:
            result = await connection.execute(question, {name: values[name] for name in names})
            answers.append({'columns': list(result.keys()), 'rows': [list(row) for row in result]})
    if not READY:
        return answers
    return Response(json.dumps(answers, default=str, separators=(',', ':')), media_type='application/json')


@app.get('/v1/widgets/{key}')
async def widget(key: str, startDate: date, endDate: date, authorization: str = Header()):
    if authorization != TOKEN:
        raise HTTPException(401)
    if key not in QUESTIONS:
        raise HTTPException(404)
    name = (USER, key, startDate, endDate)
    found = kept.get(name)
    if not found or found[0] < time.monotonic():
        found = (time.monotonic() + CACHE_TTL, await answer(key, startDate, endDate))
        if CACHE_TTL:
            kept[name] = found
    return found[1]
