using Microsoft.Win32.SafeHandles;

namespace Rollcall.Registry.Journaling;

/// <summary>Takes a sound record.</summary>
internal delegate void TakeRecord(RecordPrefix prefix, ReadOnlySpan<byte> payload);

/// <summary>Takes a damaged place and how many bytes it spans.</summary>
internal delegate void TakeDamage(Damage damage, long bytes);

/// <summary>Reads everything sound in a segment, in order of revision, past whatever is damaged.</summary>
internal static class SegmentSalvage
{
    /// <summary>Returns the revision that the next segment must begin with.</summary>
    /// <param name="path">The segment.</param>
    /// <param name="counts">How many of its bytes count; null for all, and then the end may be torn.</param>
    /// <param name="nextRevision">The first revision expected.</param>
    /// <param name="onRecord">Called for each record.</param>
    /// <param name="onDamage">Called for each damaged place.</param>
    /// <param name="onTorn">Called for a torn tail.</param>
    public static long Run(string path, long? counts, long nextRevision, TakeRecord onRecord, TakeDamage onDamage, TakeDamage onTorn)
    {
        using var file = Disk.OpenRead(path);
        var length = RandomAccess.GetLength(file);
        var end = Math.Min(counts ?? length, length);
        long start = FileHeader.Bytes;
        while (start < end)
        {
            using var reader = new SegmentReader(file, start, end, nextRevision);
            var damage = ReadSound(reader, onRecord);
            nextRevision = reader.NextRevision;
            if (damage is null)
                break;
            if (counts is null && DamageSearch.IsTornTail(file, damage, end, nextRevision - 1))
            {
                onTorn(damage, end - damage.Offset);
                break;
            }

            (start, nextRevision) = SkipDamage(file, damage, end, nextRevision, onDamage);
        }

        return nextRevision;
    }

    private static Damage? ReadSound(SegmentReader reader, TakeRecord onRecord)
    {
        var pool = new DecodePool();
        while (true)
        {
            var next = reader.NextRevision;
            var step = reader.StepFilling(out var payload);
            if (step != ReadStep.Record)
                return reader.Damage;
            if (reader.Prefix.Kind == RecordKind.Change && ChangeCodec.TryRead(payload, pool) is null)
            {
                reader.Refuse("the change cannot be decoded");
                reader.GoBackTo(next);
                return reader.Damage;
            }

            onRecord(reader.Prefix, payload);
        }
    }

    private static (long Start, long NextRevision) SkipDamage(SafeFileHandle file, Damage damage, long end, long nextRevision, TakeDamage onDamage)
    {
        var found = DamageSearch.FindRecord(file, damage.Offset + 1, end, nextRevision - 1);
        var start = found?.Offset ?? end;
        onDamage(damage, start - damage.Offset);
        return (start, found?.Prefix switch
        {
            { Kind: RecordKind.Change } change => change.Revision,
            { Kind: RecordKind.Mark } mark => mark.Revision + 1,
            _ => nextRevision,
        });
    }
}
