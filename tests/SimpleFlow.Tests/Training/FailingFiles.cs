namespace SimpleFlow.Tests.Training;

/// <summary>A file system of which one call fails, the n-th, or that one and all after it:
/// whatever is asked, from making a folder to a part of a write.</summary>
internal sealed class FailingFiles(int failing, bool always = false) : FileLayer
{
    /// <summary>How many calls there were.</summary>
    public int Calls { get; private set; }

    /// <summary>How many of them failed.</summary>
    public int Failures { get; private set; }

    public override void CreateFolder(string path)
    {
        MayFail();
        base.CreateFolder(path);
    }

    public override Stream Create(string path, UnixFileMode? mode = null)
    {
        MayFail();
        return new FailingStream(base.Create(path, mode), this);
    }

    public override void Flush(Stream file)
    {
        MayFail();
        base.Flush(((FailingStream)file).Whole);
    }

    public override void Move(string from, string to)
    {
        MayFail();
        base.Move(from, to);
    }

    public override Stream OpenAlone(string path)
    {
        MayFail();
        return base.OpenAlone(path);
    }

    public override void Delete(string path)
    {
        MayFail();
        base.Delete(path);
    }

    public override IReadOnlyList<string> List(string folder, string pattern)
    {
        MayFail();
        return base.List(folder, pattern);
    }

    private void MayFail()
    {
        if (!Fails()) return;
        // What cannot be written and what may not be written come as different errors.
        throw Calls % 2 == 0 ? new IOException("No space left on device")
            : new UnauthorizedAccessException("Access to the path is denied.");
    }

    private bool Fails()
    {
        var call = Calls++;
        if (call != failing && !(always && call > failing)) return false;
        Failures++;
        return true;
    }

    private sealed class FailingStream(Stream whole, FailingFiles files) : WrittenStream(whole)
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!files.Fails())
            {
                Whole.Write(buffer);
                return;
            }
            // A disk that is full takes what it can.
            Whole.Write(buffer[..(buffer.Length / 2)]);
            throw new IOException("No space left on device");
        }
    }
}
