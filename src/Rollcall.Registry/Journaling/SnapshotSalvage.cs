namespace Rollcall.Registry.Journaling;

/// <summary>Reads every sound instance of a damaged snapshot whose header can be read.</summary>
internal static class SnapshotSalvage
{
    public static List<Instance> Run(string path, FileHeader header, TakeDamage onDamage)
    {
        var pool = new DecodePool();
        var instances = new List<Instance>();
        using var file = Disk.OpenRead(path);
        var end = RandomAccess.GetLength(file);
        long start = FileHeader.Bytes;
        while (start < end)
        {
            using var frames = new FrameReader(file, start, end);
            var damage = ReadSound(frames, header, pool, instances);
            if (damage is null)
                break;
            var found = DamageSearch.Find(file, damage.Offset + 1, end, (payload, offset) =>
                InstanceCodec.TryRead(payload, pool, header.Revision, header.Time) is null ? null : new FoundRecord(offset, RecordBuffer.FrameBytes + payload.Length, default));
            start = found?.Offset ?? end;
            onDamage(damage, start - damage.Offset);
        }

        return instances;
    }

    private static Damage? ReadSound(FrameReader frames, FileHeader header, DecodePool pool, List<Instance> instances)
    {
        while (true)
        {
            var step = frames.Step(out var payload);
            switch (step)
            {
                case ReadStep.NeedsData:
                    frames.Fill();
                    break;
                case ReadStep.Record when payload[0] is (byte)RecordKind.End or (byte)RecordKind.Emptied:
                    break;
                case ReadStep.Record when InstanceCodec.TryRead(payload, pool, header.Revision, header.Time) is { } instance:
                    instances.Add(instance);
                    break;
                case ReadStep.Record:
                    return new Damage(frames.Offset, "the record is no instance", MayBeTorn: false);
                case ReadStep.Damaged:
                    return new Damage(frames.Offset, frames.Damage!, MayBeTorn: false);
                default:
                    return null;
            }
        }
    }
}
