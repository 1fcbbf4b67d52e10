namespace SimpleFlow.Kernels.Tiles;

/// <summary>One elementwise function over a tile of at least one element: result[i] = f(operand₀[i], operand₁[i], …).
/// The result may be one of the operands.</summary>
internal unsafe interface ITileFunction
{
    void Run(float** operands, float* result, int count);
}

/// <summary>One instruction of a tile program. Values 0 … n−1 are the program's inputs, value n
/// + i is what instruction i computes.</summary>
/// <param name="Function">What to compute.</param>
/// <param name="Operands">The values it reads.</param>
/// <param name="IsStored">Whether its value goes to memory; if not, only later instructions see it.</param>
internal sealed record TileInstruction(ITileFunction Function, int[] Operands, bool IsStored);

/// <summary>A chain of elementwise functions, with a tile of scratch memory for every value that is not stored. A tile is reused as soon as
/// its value has been read for the last time.</summary>
internal sealed class TileProgram
{
    // 1,024 floats are 4 KB: a chain of eight tiles fits a 48 KB first-level cache, and a call's overhead is small against its work.
    public const int LongestTile = 1024;

    public TileProgram(int inputs, TileInstruction[] instructions)
    {
        Inputs = inputs;
        Instructions = instructions;
        (TileOf, Tiles) = Allocate(inputs, instructions);
    }

    public int Inputs { get; }

    public TileInstruction[] Instructions { get; }

    /// <summary>For each instruction the tile that holds its value, or −1 if it is stored.</summary>
    public int[] TileOf { get; }

    /// <summary>How many tiles the program needs: one for each input, in case it has to be unrolled, then those of the intermediate
    /// values.</summary>
    public int Tiles { get; }

    public long ScratchFloats(int parts) => (long)Tiles * LongestTile * parts;

    private static (int[] TileOf, int Tiles) Allocate(int inputs, TileInstruction[] instructions)
    {
        var lastRead = new int[inputs + instructions.Length];
        for (var i = 0; i < instructions.Length; i++)
        {
            foreach (var operand in instructions[i].Operands) lastRead[operand] = i;
        }
        var tileOf = new int[instructions.Length];
        var free = new Stack<int>();
        var tiles = inputs;
        for (var i = 0; i < instructions.Length; i++)
        {
            // The result may overwrite a value that dies here: functions allow that.
            foreach (var operand in instructions[i].Operands)
            {
                if (operand < inputs || lastRead[operand] != i || tileOf[operand - inputs] < 0) continue;
                free.Push(tileOf[operand - inputs]);
                lastRead[operand] = -1;          // it may be read twice, but its tile is free once
            }
            tileOf[i] = instructions[i].IsStored ? -1 : free.TryPop(out var tile) ? tile : tiles++;
        }
        return (tileOf, tiles);
    }
}
