import time, pytest, asyncio, resource
from datetime import date
from sqlalchemy import text
from tests.unit.payment.conftest import *  # noqa
from tests.unit.payment.test_reconciliation import *
pytestmark = pytest.mark.anyio
async def test_big(world: World) -> None:
    day = await a_day(world, 2)
    async with world.app.state.database.transaction() as s:
        await s.execute(text("""INSERT INTO payment SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(),
         'dossier_id', gen_random_uuid(), 'reference', (p).reference||'x'||n, 'provider_transaction','T'||n))).*
         FROM (SELECT q AS p FROM payment q ORDER BY id DESC LIMIT 1) z, generate_series(1,100000-2) n"""))
        rows=(await s.execute(text("SELECT reference, provider_transaction FROM payment"))).all()
    data="reference;transaction;amount;time;fee;charge\n"+"".join(f"{r.reference};{r[1]};150.000;{day.day:%d/%m/%Y} 08:00;100000;50000\n" for r in rows[:99990])
    worst=0; stop=False
    async def tick():
        nonlocal worst
        while not stop:
            t=time.monotonic(); await asyncio.sleep(0.01); worst=max(worst,time.monotonic()-t)
    task=asyncio.create_task(tick())
    for n in range(2):
        t=time.monotonic()
        a=await day.call("PUT", f"{day.id}/statements/provider", files={"file":("a",data.encode()+b"\n"*(n),CSV)}, headers=day.headers())
        print("IMPORT", time.monotonic()-t, a.status_code, a.json().get("open"), "worst loop gap", worst); worst=0
    t=time.monotonic()
    a=await day.call("POST", f"{day.id}/match"); print("MATCH", time.monotonic()-t, a.status_code, worst)
    stop=True; await task
    print("rss", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss//1024)
