using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Kernels;

/// <summary>The micro-kernel's loop as machine code: nothing but what it was written for.
/// A tile that leaves the registers would still be right, only slower, and no other test would see it.</summary>
public partial class DisassemblyTests
{
    // Two multiply-adds, the second's sum on the stack; around them a loop that calls.
    private const string Spilled =
        """
        ; Assembly listing for method Kernel:Run[Height1,TwoVectors](byref) (FullOpts)
        ; rbp based frame

        G_M000_IG01:                ;; offset=0x0000
               push     rbp
               vmovups  zmmword ptr [rbp-0x80], zmm1
        G_M000_IG02:                ;; offset=0x0010
               call     [Kernel:Next():this]
               jmp      SHORT G_M000_IG04

        G_M000_IG03:                ;; offset=0x0020
               vbroadcastss zmm2, dword ptr [rax]
               vfmadd231ps zmm0, zmm2, zmmword ptr [rcx]
               vmovups  zmm1, zmmword ptr [rbp-0x80]
               vfmadd231ps zmm1, zmm2, zmmword ptr [rcx+0x40]
               vmovups  zmmword ptr [rbp-0x80], zmm1
               dec      qword ptr [rbp-0x08]
        G_M000_IG04:                ;; offset=0x0040
               cmp      qword ptr [rbp-0x08], 0
               jg       SHORT G_M000_IG03
               jne      G_M000_IG02
               ret

        ; Total bytes of code 100
        """;

    // full tiles and rests
    private const string Products =
        $"SimpleFlow.Tests.Kernels.{nameof(MatrixProductTests)}.{nameof(MatrixProductTests.EveryWidthGivesTheBitsOfThePlainLoops)}";

    private const string Convolutions =
        $"SimpleFlow.Tests.Ops.{nameof(Conv2DTests)}.{nameof(Conv2DTests.Batches_may_have_any_rest_of_images_filters_and_elements)}";

    private const string Panels =
        $"SimpleFlow.Tests.Ops.{nameof(Conv2DTests)}.{nameof(Conv2DTests.Filters_in_panels_give_the_same_convolution)}";

    [Theory]
    [InlineData(512, "Vectors512]:Run[Height12,TwoVectors,Even]", 24)]
    [InlineData(256, "Vectors256]:Run[Height6,TwoVectors,Even]", 12)]
    [InlineData(128, "Vectors128]:Run[Height6,TwoVectors,Even]", 12)]
    public Task The_micro_kernel_keeps_its_tile_in_registers(int bits, string full, int sums) =>
        KeepsItsTileInRegisters(bits, Products, "VectorTile*:Run", full, sums);

    [Theory]
    [InlineData(512, "Vectors512]:Run[Height12,TwoVectors,ScatteredRight]", 24)]
    [InlineData(256, "Vectors256]:Run[Height6,TwoVectors,ScatteredRight]", 12)]
    [InlineData(128, "Vectors128]:Run[Height6,TwoVectors,ScatteredRight]", 12)]
    public Task The_micro_kernel_of_scattered_rows_keeps_its_tile_in_registers(int bits, string full, int sums) =>
        KeepsItsTileInRegisters(bits, Convolutions, "VectorTile*:Run", full, sums);

    [Theory]
    [InlineData(512, "Vectors512]:Run[Height12,TwoVectors,ScatteredLeft]", 24)]
    [InlineData(256, "Vectors256]:Run[Height6,TwoVectors,ScatteredLeft]", 12)]
    [InlineData(128, "Vectors128]:Run[Height6,TwoVectors,ScatteredLeft]", 12)]
    public Task The_micro_kernel_of_scattered_columns_keeps_its_tile_in_registers(int bits, string full, int sums) =>
        KeepsItsTileInRegisters(bits, Panels, "VectorTile*:Run", full, sums);

    [Theory]
    [InlineData(512, "LaneSums*:Add", "Vectors512,SixByFour]:Add[Height6]", 24)]
    [InlineData(256, "LaneSums*:Add", "Vectors256,FourByThree]:Add[Height4]", 12)]
    public Task The_tile_of_a_weight_gradient_stays_in_registers(int bits, string methods, string full, int sums) =>
        KeepsItsTileInRegisters(bits, Convolutions, methods, full, sums);

    private static async Task KeepsItsTileInRegisters(int bits, string test, string methods, string full, int sums)
    {
        Assert.SkipUnless(bits == 512 ? Avx512F.IsSupported : Avx2.IsSupported && Fma.IsSupported,
            $"The processor has no multiply-adds of {bits} bits.");
        var file = Path.GetTempFileName();
        try
        {
            await TestProgram.Run(["-method", test],
                [("DOTNET_JitDisasm", $"*{methods}"), ("DOTNET_JitStdOutFile", file), ("DOTNET_JitDisasmDiffable", "1")]);
            var listing = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            AssertInRegisters(Assert.Single(Disassembly.Parse(listing),
                method => Namespaces().Replace(method.Method, "").Contains(full, StringComparison.Ordinal)), sums);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_spill_a_call_and_a_missing_multiply_add_are_found()
    {
        var method = Assert.Single(Disassembly.Parse(Spilled));
        Assert.Equal([8, 11], method.Loops.Select(loop => loop.Length));
        Assert.Equal(["vmovups  zmm1, zmmword ptr [rbp-0x80]", "vmovups  zmmword ptr [rbp-0x80], zmm1"],
            method.Loops[0].Where(method.IsSpill));
        Assert.DoesNotContain(method.Loops[0], Disassembly.IsCall);
        Assert.Contains(method.Loops[1], Disassembly.IsCall);
        Assert.Throws<Xunit.Sdk.DoesNotContainException>(() => AssertInRegisters(method, sums: 2));

        var inRegisters = Assert.Single(Disassembly.Parse(Spilled.Replace("rbp based", "rsp based", StringComparison.Ordinal)));
        AssertInRegisters(inRegisters, sums: 2);
        Assert.Throws<Xunit.Sdk.EqualException>(() => AssertInRegisters(inRegisters, sums: 3));

        var onOtherRegister = Assert.Single(Disassembly.Parse(Spilled.Replace("rbp", "rsp", StringComparison.Ordinal)));
        Assert.Throws<Xunit.Sdk.DoesNotContainException>(() => AssertInRegisters(onOtherRegister, sums: 2));
    }

    private static void AssertInRegisters(Disassembly method, int sums)
    {
        // The innermost loop that multiplies: one multiply-add for each sum, or some rounds of it in a row.
        var loop = method.Loops.Where(loop => loop.Any(Disassembly.IsMultiplyAdd)).MinBy(loop => loop.Length);
        Assert.True(loop is not null, $"No loop that multiplies in\n{string.Join('\n', method.Lines)}");
        Assert.Equal(0, loop.Count(Disassembly.IsMultiplyAdd) % sums);
        Assert.DoesNotContain(loop, method.IsSpill);
        Assert.DoesNotContain(loop, Disassembly.IsCall);
    }

    [GeneratedRegex(@"\bSimpleFlow\.Kernels\.(\w+\.)*")]
    private static partial Regex Namespaces();
}
